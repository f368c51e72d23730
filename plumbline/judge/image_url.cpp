#include "plumbline/judge/image_url.h"

#include <string_view>

#include "plumbline/base/base64.h"
#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::judge {
namespace {

bool is_data_url(const std::string& image) { return image.starts_with("data:"); }

std::string kind_of(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("\x89PNG")) return "png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "jpeg";
  if (bytes.starts_with("GIF8")) return "gif";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "webp";
  throw DataError(Complaint{.component = "eval",
                            .doing = "sending a picture to a service",
                            .expected = "PNG, JPEG, WebP or GIF",
                            .got = "another kind",
                            .where = where});
}

}  // namespace

std::string image_url(const std::string& image) {
  if (is_data_url(image)) return image;
  const std::string bytes = read_file(image);
  return "data:image/" + kind_of(bytes, image) + ";base64," + base64(bytes);
}

std::string image_hash(const std::string& image) {
  if (!is_data_url(image)) return content_hash(image);
  ContentHash hash;
  hash.add(image);
  return hash.hex();
}

}  // namespace plumbline::judge
