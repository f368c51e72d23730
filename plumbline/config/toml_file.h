// TOML files that are not configs.
#pragma once

#include <toml++/toml.h>
#include <string>

namespace plumbline::config {

// Throws IoError, or DataError with file and line for what is no TOML. `component` and `doing` word
// it.
toml::table read_toml(const std::string& path, const std::string& component,
                      const std::string& doing);

}  // namespace plumbline::config
