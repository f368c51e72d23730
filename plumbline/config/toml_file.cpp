#include "plumbline/config/toml_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::config {

std::string broken_toml(const toml::parse_error& error, std::string_view text) {
  const auto number = error.source().begin.line;
  for (toml::source_index line = 1; line < number; ++line) {
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  return fmt::format("'{}' ({}; a quote or a bracket may be missing)", line.substr(0, 80),
                     error.description());
}

std::string unreadable_toml(const std::string& path) {
  std::error_code error;
  return fmt::format("{}: expected a TOML file, got {}", path,
                     !fs::exists(path, error)        ? "none"
                     : fs::is_directory(path, error) ? "a folder"
                                                     : "one that cannot be read");
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
                              .got = broken_toml(e, text),
                              .where = fmt::format("{}:{}", path, e.source().begin.line)});
  }
}

}  // namespace plumbline::config
