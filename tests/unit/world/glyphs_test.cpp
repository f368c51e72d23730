#include "plumbline/world/glyphs.h"

#include <gtest/gtest.h>

#include "plumbline/world/scene.h"

namespace plumbline::world {
namespace {

int distance(const Glyph& a, const Glyph& b) {
  int count = 0;
  for (size_t y = 0; y < kGlyphSize; ++y) {
    for (size_t x = 0; x < kGlyphSize; ++x) count += a[y][x] != b[y][x];
  }
  return count;
}

TEST(Glyphs, DifferInAtLeastEightPixels) {
  const int n = static_cast<int>(categories().size());
  for (int a = 0; a < n; ++a) {
    for (int b = a + 1; b < n; ++b) {
      EXPECT_GE(distance(glyph(a), glyph(b)), 8)
          << categories()[static_cast<size_t>(a)] << " " << categories()[static_cast<size_t>(b)];
    }
  }
}

TEST(Glyphs, AreSymmetric) {
  for (int c = 0; c < static_cast<int>(categories().size()); ++c) {
    for (const auto& row : glyph(c)) {
      for (size_t x = 0; x < kGlyphSize; ++x) EXPECT_EQ(row[x], row[kGlyphSize - 1 - x]);
    }
  }
}

}  // namespace
}  // namespace plumbline::world
