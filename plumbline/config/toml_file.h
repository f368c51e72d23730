// TOML files that are not configs.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <string_view>

namespace plumbline::config {

// The line of a text at which it is no TOML, with what may be wrong. (The parser's own words alone
// lead astray where a quote is missing.)
std::string broken_toml(const toml::parse_error& error, std::string_view text);

// Why a file could not be read: "x.toml: expected a TOML file, got a folder".
std::string unreadable_toml(const std::string& path);

// Throws IoError, or DataError with file and line for what is no TOML. `component` and `doing` word
// it.
toml::table read_toml(const std::string& path, const std::string& component,
                      const std::string& doing);

}  // namespace plumbline::config
