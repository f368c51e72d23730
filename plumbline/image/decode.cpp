#include "plumbline/image/decode.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/image/codecs.h"

namespace plumbline::image {

void fail_decode(const std::string& name, const std::string& problem) {
  throw DataError(Complaint{.component = "image",
                            .doing = "decoding",
                            .expected = "a complete PNG, JPEG or WebP image",
                            .got = problem,
                            .where = name});
}

Image blank_image(int64_t width, int64_t height, const std::string& name) {
  if (width <= 0 || height <= 0 || width > kMaxPixels || height > kMaxPixels / width) {
    fail_decode(name, fmt::format("{} x {} pixels (at most {} in all)", width, height, kMaxPixels));
  }
  Image image{static_cast<int>(width), static_cast<int>(height), {}};
  image.rgb.resize(static_cast<size_t>(3 * width * height));
  return image;
}

Image decode_bytes(std::string_view bytes, const std::string& name) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return decode_png(bytes, name);
  if (bytes.starts_with("\xff\xd8\xff"sv)) return decode_jpeg(bytes, name);
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) {
    return decode_webp(bytes, name);
  }
  fail_decode(name, bytes.empty() ? "an empty file" : "a file of another kind");
}

Image decode(const fs::path& path) { return decode_bytes(read_file(path), path.string()); }

}  // namespace plumbline::image
