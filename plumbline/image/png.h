// Pictures to PNG.
#pragma once

#include <string>

#include "plumbline/base/files.h"
#include "plumbline/image/image.h"

namespace plumbline::image {

// The bytes of an 8-bit RGB PNG, compressed fast (zlib level 1).
std::string png_bytes(const Image& image);

// Writes them with write_file: throws IoError and leaves an older file as it was.
void write_png(const fs::path& path, const Image& image);

}  // namespace plumbline::image
