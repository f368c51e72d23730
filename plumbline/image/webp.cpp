#include <webp/decode.h>

#include "plumbline/image/codecs.h"

namespace plumbline::image {

Image decode_webp(std::string_view bytes, const std::string& name) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  int width = 0, height = 0;
  if (!WebPGetInfo(data, bytes.size(), &width, &height)) fail_decode(name, "a broken WebP header");
  Image image = blank_image(width, height, name);
  if (!WebPDecodeRGBInto(data, bytes.size(), image.rgb.data(), image.rgb.size(), 3 * width)) {
    fail_decode(name, "broken, truncated or animated WebP data");
  }
  return image;
}

}  // namespace plumbline::image
