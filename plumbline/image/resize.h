// Bicubic resizing, equal to Pillow's to the last bit.
#pragma once

#include "plumbline/image/image.h"

namespace plumbline::image {

// Resizes with antialiasing: separable, horizontal pass first, 8-bit intermediate, weights with 22
// fractional bits. `width` and `height` are positive.
// Source: the behaviour of Pillow's Image.resize(..., BICUBIC). Deliberate differences: none.
Image resize_bicubic(const Image& image, int width, int height);

}  // namespace plumbline::image
