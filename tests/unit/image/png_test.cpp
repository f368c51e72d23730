#include "plumbline/image/png.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "plumbline/image/decode.h"
#include "tests/support/scratch.h"

namespace plumbline::image {
namespace {

Image noise(int width, int height) {
  Image image{width, height, std::vector<uint8_t>(size_t{3} * width * height)};
  Random random(random_key(1, "png_test"));
  for (auto& value : image.rgb) value = static_cast<uint8_t>(random.below(256));
  return image;
}

TEST(Png, ReadsBackWhatWasWritten) {
  const support::ScratchFolder scratch;
  const fs::path path = scratch.path() / "noise.png";
  const Image image = noise(13, 7);
  write_png(path, image);
  EXPECT_EQ(decode(path), image);
}

TEST(Png, IsTheSameEveryTime) { EXPECT_EQ(png_bytes(noise(64, 64)), png_bytes(noise(64, 64))); }

TEST(Png, RefusesAnImageWhosePixelsDoNotFit) {
  EXPECT_THROW(png_bytes(Image{2, 2, {1, 2, 3}}), InternalError);
}

}  // namespace
}  // namespace plumbline::image
