#include "plumbline/world/glyphs.h"

#include <string_view>
#include <vector>

namespace plumbline::world {
namespace {

// The left four columns of every row; the right three mirror the left three. Order of categories().
using HalfGlyph = std::array<std::string_view, kGlyphSize>;
constexpr HalfGlyph kHalfGlyphs[] = {
    {"#...", "#...", "#...", "#...", "#...", "#...", ".###"},  // cup
    {"..##", ".#..", "#...", "#...", "#...", ".#..", "..##"},  // plate
    {"....", "....", "####", "####", ".###", "..##", "...."},  // bowl
    {"...#", "..#.", ".###", "####", "####", "####", ".###"},  // kettle
    {"...#", "...#", "...#", "...#", "..##", "..##", "..##"},  // knife
    {"...#", "...#", "..##", ".###", ".###", ".###", ".###"},  // bottle
    {"#...", "####", ".###", ".###", ".###", "####", "#..."},  // pillow
    {"...#", "..##", ".###", "####", "...#", "...#", "..##"},  // lamp
    {"####", "#..#", "#..#", "#..#", "#..#", "#..#", "####"},  // book
    {"####", "#...", "#.##", "#.##", "#.##", "#...", "####"},  // clock
    {"#...", "#...", "#...", "####", "#...", "#...", "#..."},  // chair
    {"#.#.", "#.#.", "#.#.", "#.#.", "#.#.", "#.#.", "#.#."},  // towel
    {"..##", "..##", "..##", "####", "####", "####", "#.#."},  // brush
    {"####", "#...", "#...", ".#..", ".#..", ".#..", ".###"},  // bucket
    {"####", "#...", "#...", "####", "#...", "#...", "####"},  // shelf
    {"####", "####", "##..", "##..", "##..", "####", "####"},  // box
    {"#.#.", "#.#.", "####", "...#", "...#", "...#", "...#"},  // rake
    {"....", "....", "####", "####", "#...", "#...", "#..."},  // bench
    {".#..", ".###", ".#..", ".###", ".#..", ".###", ".#.."},  // ladder
    {"....", ".###", ".###", "...#", "...#", "...#", "...#"},  // hammer
    {"..##", ".#..", "#...", "####", "####", ".###", ".###"},  // basket
    {"#..#", ".#.#", "..##", "####", "..##", ".#.#", "#..#"},  // shell
    {"..##", ".###", "####", "####", "####", ".###", "..##"},  // ball
    {"...#", "..#.", ".#..", "#...", ".#..", "..#.", "...#"},  // kite
};

std::vector<Glyph> make_glyphs() {
  std::vector<Glyph> all;
  for (const HalfGlyph& half : kHalfGlyphs) {
    Glyph& full = all.emplace_back();
    for (size_t y = 0; y < kGlyphSize; ++y) {
      for (size_t x = 0; x < kGlyphSize; ++x) {
        full[y][x] = half[y][x <= 3 ? x : kGlyphSize - 1 - x] == '#';
      }
    }
  }
  return all;
}

}  // namespace

const Glyph& glyph(int category) {
  static const std::vector<Glyph> all = make_glyphs();
  return all.at(static_cast<size_t>(category));
}

}  // namespace plumbline::world
