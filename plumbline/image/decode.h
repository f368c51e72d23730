// Image files to RGB, as Pillow's open(...).convert("RGB") gives it.
#pragma once

#include <string_view>

#include "plumbline/base/files.h"
#include "plumbline/image/image.h"

namespace plumbline::image {

// Reads a PNG, JPEG or WebP file; the kind is told by its first bytes, not by its name.
// Alpha is dropped without compositing, 16-bit channels keep their high byte, palettes and gray
// become RGB, EXIF orientation is ignored (as LLaVA does). Throws IoError when the file cannot be
// read, and DataError naming the file when it is of another kind, truncated, damaged or larger than
// kMaxPixels.
Image decode(const fs::path& path);

// The same for bytes in memory; `name` stands for the file in messages.
Image decode_bytes(std::string_view bytes, const std::string& name);

}  // namespace plumbline::image
