// The shape of each category: a 7 x 7 bitmap, mirrored about its middle column.
#pragma once

#include <array>

namespace plumbline::world {

inline constexpr int kGlyphSize = 7;
using Glyph = std::array<std::array<bool, kGlyphSize>, kGlyphSize>;  // [row][column]

const Glyph& glyph(int category);

}  // namespace plumbline::world
