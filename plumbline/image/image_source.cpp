#include "plumbline/image/image_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/base64.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::image {
namespace {

constexpr std::string_view kScheme = "data:";
constexpr std::string_view kEncoding = ";base64";
constexpr size_t kShown = 40;  // characters of a URL's head in messages

std::string decode_data_url(const std::string& url) {
  const auto fail = [&](const std::string& got) {
    throw DataError(Complaint{.component = "image",
                              .doing = "reading a data URL",
                              .expected = "data:image/TYPE;base64, and the picture's bytes",
                              .got = got,
                              .where = source_name(url)});
  };
  const size_t comma = url.find(',');
  if (comma == std::string::npos) fail("no comma");
  const auto head = std::string_view(url).substr(0, comma);
  if (!head.ends_with(kEncoding)) fail("another encoding than base64");
  const auto bytes = from_base64(std::string_view(url).substr(comma + 1));
  if (!bytes) fail("broken base64");
  if (bytes->empty()) fail("no bytes");
  return *bytes;
}

}  // namespace

bool is_data_url(std::string_view source) { return source.starts_with(kScheme); }

std::string read_image_bytes(const std::string& path_or_data_url) {
  return is_data_url(path_or_data_url) ? decode_data_url(path_or_data_url)
                                       : read_file(path_or_data_url);
}

std::string source_name(const std::string& path_or_data_url) {
  if (!is_data_url(path_or_data_url)) return path_or_data_url;
  const size_t comma = path_or_data_url.find(',');
  return fmt::format("{},... ({} characters)", path_or_data_url.substr(0, std::min(comma, kShown)),
                     path_or_data_url.size());
}

}  // namespace plumbline::image
