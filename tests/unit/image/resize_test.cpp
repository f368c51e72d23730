#include "plumbline/image/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "plumbline/image/decode.h"
#include "tests/unit/image/golden.h"

namespace plumbline::image {
namespace {

Image bicubic(const Image& image, int width, int height) {
  return resize(image, width, height, Filter::Bicubic);
}

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
  EXPECT_EQ(bicubic(row({0, 255}), 4, 1), row({0, 53, 202, 255}));
}

// Halving widens the filter: offsets 1/4, 1/4, 3/4, 5/4 give 0.15625 / 1.890625 of the far half.
TEST(Resize, ShrinksWithAntialiasing) {
  EXPECT_EQ(bicubic(row({0, 0, 255, 255}), 2, 1), row({21, 234}));
}

TEST(Resize, TreatsBothAxesAlike) {
  const Image source = row({3, 200, 7, 90, 255, 0, 31});
  EXPECT_EQ(transposed(bicubic(source, 4, 1)), bicubic(transposed(source), 1, 4));
  EXPECT_EQ(transposed(bicubic(source, 11, 1)), bicubic(transposed(source), 1, 11));
}

TEST(Resize, KeepsConstantPicturesAndSizes) {
  const Image gray{5, 3, std::vector<uint8_t>(45, 77)};
  EXPECT_THAT(bicubic(gray, 17, 2).rgb, testing::Each(77));
  EXPECT_EQ(bicubic(gray, 17, 2).rgb.size(), 3u * 17 * 2);
  EXPECT_EQ(bicubic(gray, 5, 3), gray);
}

TEST(Resize, BeginsWithTheAxisThatPillowBeginsWith) {
  Image noise{40, 60, std::vector<uint8_t>(size_t{3} * 40 * 60)};
  for (size_t i = 0; i < noise.rgb.size(); ++i) {
    noise.rgb[i] = static_cast<uint8_t>(i * i * 7919 >> 8);
  }
  // 40 rows fewer are twice 20 columns fewer, and more than twice 19.
  EXPECT_EQ(bicubic(noise, 20, 20), bicubic(bicubic(noise, 20, 60), 20, 20));
  EXPECT_EQ(bicubic(noise, 21, 20), bicubic(bicubic(noise, 40, 20), 21, 20));
  EXPECT_NE(bicubic(noise, 21, 20), bicubic(bicubic(noise, 21, 60), 21, 20));
  EXPECT_EQ(bicubic(noise, 50, 61), bicubic(bicubic(noise, 50, 60), 50, 61));
}

// The horizontal pass rounds to 8 bits before the vertical one.
TEST(Resize, RoundsBetweenThePasses) {
  const Image square{2, 2, {0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0}};
  const Image wide = bicubic(square, 4, 2);
  EXPECT_EQ(bicubic(square, 4, 4), bicubic(wide, 4, 4));
}

// Halves of a pair are its mean, rounded up; the position 0.5 of Nearest falls on the second pixel.
TEST(Resize, FiltersAreWhatTheirNamesSay) {
  EXPECT_EQ(resize(row({0, 255, 10, 20}), 2, 1, Filter::Box), row({128, 15}));
  EXPECT_EQ(resize(row({0, 255, 10, 20}), 2, 1, Filter::Nearest), row({255, 20}));
  EXPECT_EQ(resize(row({0, 255}), 4, 1, Filter::Bilinear), row({0, 64, 191, 255}));
}

TEST(Resize, EveryFilterIsPillowsToTheLastBit) {
  std::map<fs::path, Image> pictures;
  for (const auto& c : golden::cases("resized")) {
    const fs::path file = golden::file(c);
    if (!pictures.contains(file)) pictures.emplace(file, decode(file));
    golden::expect_same(resize(pictures.at(file), c.at("width"), c.at("height"),
                               static_cast<Filter>(c.at("filter").get<int>())),
                        c);
  }
}

}  // namespace
}  // namespace plumbline::image
