// Image files to RGB, as Pillow's open(...).convert("RGB") gives it.
#pragma once

#include <string_view>

#include "plumbline/base/files.h"
#include "plumbline/image/image.h"

namespace plumbline::image {

struct DecodeOptions {
  // Turns and mirrors the picture as its EXIF orientation says. The original LLaVA code opens
  // files without; transformers' load_image, which its processors use for paths and URLs, does it
  // (Pillow's exif_transpose); its processors leave pictures that are already open as they are.
  bool use_exif_orientation = false;
  int64_t max_pixels = kMaxPixels;  // width x height; larger pictures are refused from the header
};

// Reads a PNG, JPEG or WebP file, or a data URL that holds one; the kind is told by its first
// bytes, not by its name. Throws IoError when the file cannot be read (a folder, too), and
// DataError naming the file when it is empty, of another kind, truncated, damaged or too large.
//
// Equal to Pillow 13 bit for bit: palettes and gray become RGB, alpha is dropped without
// compositing, 16-bit channels keep their high byte, gamma and colour profiles are ignored, inks
// (CMYK, YCCK) are taken as inverted, animations give their first frame.
// Deliberate differences: 16-bit gray PNG is refused, because Pillow turns all but its 255 darkest
// levels white; files that end early and damaged JPEG data are errors even where Pillow decodes
// what there is; an orientation given in XMP only is not seen. Lossless JPEG and cut-off
// progressive scans depend on the JPEG library: libjpeg-turbo 2.1 refuses the former.
// transformers 5 composites transparent pictures that are handed to it open onto white; from a
// path it drops alpha, as here.
// Source: the behaviour of Pillow 13.0.0 and transformers 5.23.0, compared by tests/golden/images.
Image decode(const fs::path& path, const DecodeOptions& options = {});

// The same for bytes in memory; `name` stands for the file in messages.
Image decode_bytes(std::string_view bytes, const std::string& name,
                   const DecodeOptions& options = {});

}  // namespace plumbline::image
