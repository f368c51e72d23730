// The addresses of services.
#pragma once

#include <string>

namespace plumbline::remote {

struct Url {
  std::string server;  // "http://host:8000"
  std::string target;  // path and query, "/" at least
};

// Whether the text begins as URLs do here: with http:// or https://.
bool is_url(const std::string& text);

// Takes "http://host[:port][/path][?query]", or https, apart. Throws ConfigError for one without a
// host, with blanks or unusual characters, or with a password, which does not belong into a config.
Url parse_url(const std::string& text);

// A URL as errors show it: its query may hold a key.
std::string without_query(const std::string& url);

}  // namespace plumbline::remote
