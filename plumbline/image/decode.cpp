#include "plumbline/image/decode.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/image/codecs.h"
#include "plumbline/image/image_source.h"
#include "plumbline/image/orientation.h"

namespace plumbline::image {
namespace {

Decoded decode_kind(const Encoded& file) {
  using namespace std::string_view_literals;
  const std::string_view bytes = file.bytes;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return decode_png(file);
  if (bytes.starts_with("\xff\xd8\xff"sv)) return decode_jpeg(file);
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) {
    return decode_webp(file);
  }
  fail_decode(file, bytes.empty() ? "an empty file" : "a file of another kind");
}

}  // namespace

void fail_decode(const Encoded& file, const std::string& problem) {
  throw DataError(Complaint{.component = "image",
                            .doing = "decoding",
                            .expected = "a complete PNG, JPEG or WebP image",
                            .got = problem,
                            .where = file.name});
}

Image blank_image(int64_t width, int64_t height, const Encoded& file) {
  if (width <= 0 || height <= 0 || width > file.max_pixels || height > file.max_pixels / width) {
    fail_decode(file,
                fmt::format("{} x {} pixels (at most {} in all)", width, height, file.max_pixels));
  }
  Image image{static_cast<int>(width), static_cast<int>(height), {}};
  image.rgb.resize(static_cast<size_t>(3 * width * height));
  return image;
}

Image decode_bytes(std::string_view bytes, const std::string& name, const DecodeOptions& options) {
  Decoded decoded = decode_kind({bytes, name, options.max_pixels});
  if (!options.use_exif_orientation) return std::move(decoded.image);
  return oriented(std::move(decoded.image), exif_orientation(decoded.exif));
}

Image decode(const fs::path& path, const DecodeOptions& options) {
  const std::string source = path.string();
  return decode_bytes(read_image_bytes(source), source_name(source), options);
}

}  // namespace plumbline::image
