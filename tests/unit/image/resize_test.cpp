#include "plumbline/image/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::image {
namespace {

// One gray row as a picture.
Image row(const std::vector<uint8_t>& values) {
  Image image{static_cast<int>(values.size()), 1, {}};
  for (const uint8_t v : values) image.rgb.insert(image.rgb.end(), 3, v);
  return image;
}

Image transposed(const Image& image) {
  Image result{image.height, image.width, std::vector<uint8_t>(image.rgb.size())};
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        result.rgb[static_cast<size_t>(3 * (x * image.height + y) + c)] =
            image.rgb[static_cast<size_t>(3 * (y * image.width + x) + c)];
      }
    }
  }
  return result;
}

// Worked by hand: weights of the two source pixels for the first target are b(1/4) = 0.8671875 and
// b(5/4) = -0.0703125, for the second b(1/4) and b(3/4) = 0.2265625, normalised.
TEST(Resize, EnlargesAsPillowDoes) {
  EXPECT_EQ(resize_bicubic(row({0, 255}), 4, 1), row({0, 53, 202, 255}));
}

// Halving widens the filter: offsets 1/4, 1/4, 3/4, 5/4 give 0.15625 / 1.890625 of the far half.
TEST(Resize, ShrinksWithAntialiasing) {
  EXPECT_EQ(resize_bicubic(row({0, 0, 255, 255}), 2, 1), row({21, 234}));
}

TEST(Resize, TreatsBothAxesAlike) {
  const Image source = row({3, 200, 7, 90, 255, 0, 31});
  EXPECT_EQ(transposed(resize_bicubic(source, 4, 1)), resize_bicubic(transposed(source), 1, 4));
  EXPECT_EQ(transposed(resize_bicubic(source, 11, 1)), resize_bicubic(transposed(source), 1, 11));
}

TEST(Resize, KeepsConstantPicturesAndSizes) {
  const Image gray{5, 3, std::vector<uint8_t>(45, 77)};
  EXPECT_THAT(resize_bicubic(gray, 17, 2).rgb, testing::Each(77));
  EXPECT_EQ(resize_bicubic(gray, 17, 2).rgb.size(), 3u * 17 * 2);
  EXPECT_EQ(resize_bicubic(gray, 5, 3), gray);
}

// The horizontal pass rounds to 8 bits before the vertical one.
TEST(Resize, RoundsBetweenThePasses) {
  const Image square{2, 2, {0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0}};
  const Image wide = resize_bicubic(square, 4, 2);
  EXPECT_EQ(resize_bicubic(square, 4, 4), resize_bicubic(wide, 4, 4));
}

}  // namespace
}  // namespace plumbline::image
