#include "plumbline/world/render.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "plumbline/world/glyphs.h"

namespace plumbline::world {
namespace {

using Color = std::array<int, 3>;
constexpr int kCellSize = kPictureSize / kGridSize;
constexpr int kSmallPixels = 8, kLargePixels = 13, kJitter = 2;
constexpr double kFaintest = 0.25, kLeastFaint = 0.45;

constexpr Color kColors[] = {{215, 35, 35},  {40, 160, 50},  {40, 70, 220},   {240, 220, 40},
                             {150, 40, 170}, {245, 130, 20}, {250, 250, 250}, {10, 10, 10}};

// Middle tones, so that white and black stand out on each; texture tells alike tones apart.
enum class Texture { Plain, Rows, Columns, Checks };
struct Background {
  Color color;
  Texture texture;
};
constexpr Background kBackgrounds[] = {
    {{176, 160, 136}, Texture::Checks},  // kitchen
    {{150, 128, 158}, Texture::Plain},   // bedroom
    {{126, 166, 176}, Texture::Checks},  // bathroom
    {{132, 108, 88}, Texture::Columns},  // library
    {{112, 148, 96}, Texture::Rows},     // garden
    {{118, 118, 124}, Texture::Plain},   // garage
    {{190, 172, 124}, Texture::Rows},    // beach
    {{92, 130, 122}, Texture::Columns},  // park
};
constexpr int kTextureDepth = 10, kTextureWidth = 4;

using Canvas = std::array<std::array<std::array<double, 3>, kPictureSize>, kPictureSize>;

int texture_sign(Texture texture, int x, int y) {
  const int across = x / kTextureWidth % 2, down = y / kTextureWidth % 2;
  switch (texture) {
    case Texture::Rows:
      return down == 0 ? 1 : -1;
    case Texture::Columns:
      return across == 0 ? 1 : -1;
    case Texture::Checks:
      return across == down ? 1 : -1;
    default:
      return 0;
  }
}

void draw_background(Canvas& canvas, int environment) {
  const Background& background = kBackgrounds[environment];
  for (int y = 0; y < kPictureSize; ++y) {
    for (int x = 0; x < kPictureSize; ++x) {
      const int shade = kTextureDepth * texture_sign(background.texture, x, y);
      for (size_t c = 0; c < 3; ++c) canvas[y][x][c] = background.color[c] + shade;
    }
  }
}

void draw_glyph(Canvas& canvas, const Kind& kind, int cell, double alpha, Random& random) {
  const int pixels = kind.size == Size::Small ? kSmallPixels : kLargePixels;
  const int space = kCellSize - pixels;
  const auto place = [&](int origin) {
    const int moved = space / 2 + static_cast<int>(random.between(-kJitter, kJitter));
    return origin + std::clamp(moved, 0, space);
  };
  const int left = place(cell % kGridSize * kCellSize);
  const int top = place(cell / kGridSize * kCellSize);
  const Glyph& shape = glyph(kind.category);
  for (int y = 0; y < pixels; ++y) {
    for (int x = 0; x < pixels; ++x) {
      // The glyph's pixel under the centre of this one.
      if (!shape[(2 * y + 1) * kGlyphSize / (2 * pixels)]
                [(2 * x + 1) * kGlyphSize / (2 * pixels)]) {
        continue;
      }
      for (size_t c = 0; c < 3; ++c) {
        double& value = canvas[top + y][left + x][c];
        value += alpha * (kColors[kind.color][c] - value);
      }
    }
  }
}

// Box-Muller on 32-bit uniforms, both values used: rendering is mostly this.
void add_noise(Canvas& canvas, double deviation, Random& random) {
  double* value = &canvas[0][0][0];
  for (int i = 0; i < kPictureSize * kPictureSize * 3; i += 2) {
    const uint64_t bits = random.bits();
    const double u = (static_cast<double>(bits >> 32) + 0.5) * 0x1.0p-32;
    const double angle = 2 * std::numbers::pi * static_cast<double>(bits & 0xffffffffU) * 0x1.0p-32;
    const double radius = deviation * std::sqrt(-2.0 * std::log(u));
    value[i] += radius * std::cos(angle);
    value[i + 1] += radius * std::sin(angle);
  }
}

}  // namespace

image::Image render(const Scene& scene, double pixel_noise, RandomKey key) {
  const auto owned = std::make_unique<Canvas>();  // 98 kB: too large for small stacks
  Canvas& canvas = *owned;
  draw_background(canvas, scene.environment);
  Random random(key.at("place"));
  for (const Kind& kind : scene.kinds) {
    const double alpha = kind.is_faint ? random.uniform(kFaintest, kLeastFaint) : 1.0;
    for (const int cell : kind.cells) draw_glyph(canvas, kind, cell, alpha, random);
  }
  if (pixel_noise > 0) {
    Random noise(key.at("noise"));
    add_noise(canvas, 255 * pixel_noise, noise);
  }
  image::Image image{kPictureSize, kPictureSize, {}};
  image.rgb.reserve(size_t{3} * kPictureSize * kPictureSize);
  for (const auto& row : canvas) {
    for (const auto& pixel : row) {
      for (const double value : pixel) {
        image.rgb.push_back(static_cast<uint8_t>(std::clamp(std::lround(value), 0L, 255L)));
      }
    }
  }
  return image;
}

}  // namespace plumbline::world
