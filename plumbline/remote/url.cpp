#include "plumbline/remote/url.h"

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/remote/excerpt.h"

namespace plumbline::remote {
namespace {

[[noreturn]] void fail(const std::string& expected, const std::string& got,
                       const std::string& hint = {}) {
  throw ConfigError({.component = "remote",
                     .doing = "reading a URL",
                     .expected = expected,
                     .got = got,
                     .hint = hint});
}

}  // namespace

bool is_url(const std::string& text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Url parse_url(const std::string& text) {
  const bool is_printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  const size_t host = is_url(text) ? text.find("://") + 3 : 0;
  const size_t end = std::min(text.find_first_of("/?#", host), text.size());
  if (text.substr(0, end).find('@') != std::string::npos) {
    fail("one without a name or password", "one with an '@' before the host",
         "put the key into an environment variable, and give the variable's name.");
  }
  if (!is_printable || host == 0 || host == end) {
    fail("http://host[:port]/path or https://host[:port]/path without blanks",
         excerpt(without_query(text)));
  }
  Url url{text.substr(0, end), text.substr(end, text.find('#') - end)};
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

}  // namespace plumbline::remote
