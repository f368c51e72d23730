// One decoder per file kind, for decode.cpp. Each throws DataError naming `name`.
#pragma once

#include <string>
#include <string_view>

#include "plumbline/image/image.h"

namespace plumbline::image {

Image decode_png(std::string_view bytes, const std::string& name);
Image decode_jpeg(std::string_view bytes, const std::string& name);
Image decode_webp(std::string_view bytes, const std::string& name);

// Throws DataError for what a decoder says is wrong.
[[noreturn]] void fail_decode(const std::string& name, const std::string& problem);
// An image of this size, all zero; throws DataError beyond kMaxPixels before allocating.
Image blank_image(int64_t width, int64_t height, const std::string& name);

}  // namespace plumbline::image
