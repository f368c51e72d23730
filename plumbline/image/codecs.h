// One decoder per file kind, for decode.cpp.
#pragma once

#include <string>
#include <string_view>

#include "plumbline/image/image.h"

namespace plumbline::image {

// A file in memory, its name for messages, and how many pixels it may have.
struct Encoded {
  std::string_view bytes;
  const std::string& name;
  int64_t max_pixels = kMaxPixels;
};

struct Decoded {
  Image image;
  std::string exif = {};  // EXIF data as the file holds it; empty without any
};

// Each throws DataError naming the file for damage, truncation and too many pixels; the size is
// checked from the header, before anything of the picture's size is allocated.
Decoded decode_png(const Encoded& file);
Decoded decode_jpeg(const Encoded& file);
Decoded decode_webp(const Encoded& file);

// Throws DataError for what a decoder says is wrong.
[[noreturn]] void fail_decode(const Encoded& file, const std::string& problem);
// An image of this size, all zero; throws DataError beyond max_pixels before allocating.
Image blank_image(int64_t width, int64_t height, const Encoded& file);

}  // namespace plumbline::image
