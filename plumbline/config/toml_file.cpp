#include "plumbline/config/toml_file.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::config {

toml::table read_toml(const std::string& path, const std::string& component,
                      const std::string& doing) {
  try {
    return toml::parse(read_file(path), path);
  } catch (const toml::parse_error& e) {
    throw DataError(Complaint{.component = component,
                              .doing = doing,
                              .expected = "TOML",
                              .got = std::string(e.description()),
                              .where = fmt::format("{}:{}", path, e.source().begin.line)});
  }
}

}  // namespace plumbline::config
