#include "plumbline/config/toml_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::config {
namespace {

// The line of a text at which it is no TOML, with what may be wrong. (The parser's own words alone
// lead astray where a quote is missing.)
std::string broken_line(const toml::parse_error& error, std::string_view text) {
  const auto number = error.source().begin.line;
  for (toml::source_index line = 1; line < number; ++line) {
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  return fmt::format("'{}' ({}; a quote or a bracket may be missing)", line.substr(0, 80),
                     error.description());
}

// Why a file could not be read.
std::string unreadable(const std::string& path) {
  std::error_code error;
  return fmt::format("{}: expected a TOML file, got {}", path,
                     !fs::exists(path, error)        ? "none"
                     : fs::is_directory(path, error) ? "a folder"
                                                     : "one that cannot be read");
}

std::string place_of(const toml::parse_error& error, const std::string& path) {
  return fmt::format("{}:{}", path, error.source().begin.line);
}

}  // namespace

TomlFile try_read_toml(const std::string& path) {
  std::string text;
  try {
    text = read_file(path);
    return {.table = toml::parse(text, path)};
  } catch (const IoError&) {
    return {.problem = unreadable(path)};
  } catch (const toml::parse_error& e) {
    return {.problem =
                fmt::format("{}: expected TOML, got {}", place_of(e, path), broken_line(e, text))};
  }
}

toml::table read_toml(const std::string& path, const std::string& component,
                      const std::string& doing) {
  const std::string text = read_file(path);
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& e) {
    throw DataError(Complaint{.component = component,
                              .doing = doing,
                              .expected = "TOML",
                              .got = broken_line(e, text),
                              .where = place_of(e, path)});
  }
}

}  // namespace plumbline::config
