// Resizing, equal to Pillow's to the last bit.
#pragma once

#include "plumbline/image/image.h"

namespace plumbline::image {

// Pillow's names and numbers, which preprocessor_config.json uses.
enum class Filter { Nearest = 0, Lanczos = 1, Bilinear = 2, Bicubic = 3, Box = 4, Hamming = 5 };

// The whole picture at another size, both positive. All filters but Nearest widen when the picture
// shrinks (antialiasing) and are applied along one axis after the other, rounding to 8 bits in
// between; a side that keeps its length is left alone. Along rows comes first, unless the picture
// loses more than twice as many rows as columns. Weights have 22 fractional bits.
// Source: the behaviour of Pillow 13's Image.resize on RGB images. Deliberate differences: none.
// Older versions of Pillow always begin along rows: there, pictures that lose that many rows (one
// more than twice as high as wide, or a high one squeezed into a square) differ by a level or two.
Image resize(const Image& image, int width, int height, Filter filter);

}  // namespace plumbline::image
