// Reading TOML files, with errors in our words.
#pragma once

#include <toml++/toml.h>
#include <string>

namespace plumbline::config {

struct TomlFile {
  toml::table table = {};
  std::string problem = {};  // "x.toml: expected a TOML file, got a folder"; empty when all is well
};

// For callers that report several problems together.
TomlFile try_read_toml(const std::string& path);

// Throws IoError, or DataError with file and line for what is no TOML. `component` and `doing` word
// it.
toml::table read_toml(const std::string& path, const std::string& component,
                      const std::string& doing);

}  // namespace plumbline::config
