#include "plumbline/image/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/image/decode.h"
#include "plumbline/image/png.h"
#include "tests/support/scratch.h"
#include "tests/unit/image/golden.h"

namespace plumbline::image {
namespace {

Preprocess tiny(int64_t size) {
  Preprocess p;
  p.size = p.shortest_edge = size;
  p.mean = {0.5, 0.25, 0.0};
  p.std = {0.5, 0.25, 1.0};
  return p;
}

TEST(Preprocess, NormalisesEachChannelIntoItsPlane) {
  const Image image{1, 1, {255, 0, 51}};
  EXPECT_THAT(preprocess(image, tiny(1)),
              testing::ElementsAre(1.0F, -1.0F, testing::FloatNear(0.2F, 1e-6F)));
}

TEST(Preprocess, PadsCentredWithTheMeanColour) {
  const Image wide{3, 1, {1, 1, 1, 2, 2, 2, 3, 3, 3}};
  const Image padded = pad_to_square(wide, {0.5, 0.25, 0.0});
  EXPECT_EQ(padded.height, 3);
  EXPECT_THAT(std::vector<uint8_t>(padded.rgb.begin(), padded.rgb.begin() + 3),
              testing::ElementsAre(127, 63, 0));
  EXPECT_TRUE(std::equal(wide.rgb.begin(), wide.rgb.end(), padded.rgb.begin() + 9));
  // Even differences leave the extra row below: offset (4 - 1) / 2 = 1.
  const Image wider{4, 1, std::vector<uint8_t>(12, 200)};
  EXPECT_EQ(pad_to_square(wider, {0, 0, 0}).rgb[12], 200);
}

TEST(Preprocess, CropsTheMiddleOfWidePictures) {
  Preprocess p = tiny(1);
  p.use_normalize = false;
  const Image wide{3, 1, {1, 1, 1, 51, 51, 51, 3, 3, 3}};
  EXPECT_THAT(preprocess(wide, p), testing::Each(testing::FloatNear(0.2F, 1e-6F)));
  p.use_center_crop = false;
  EXPECT_THROW(preprocess(wide, p), DataError);
}

TEST(Preprocess, LongEdgeIsRoundedDown) {
  Preprocess p = tiny(2);
  const Image image{7, 3, std::vector<uint8_t>(63, 8)};
  EXPECT_EQ(preprocess(image, p).size(), 12u);  // 7 * 2 / 3 = 4 wide, cropped to 2 x 2
}

// An odd difference puts the extra line before the picture.
TEST(Preprocess, CropsBeyondThePictureAreBlack) {
  Preprocess p = tiny(4);
  p.use_resize = false;
  const Image small{1, 2, std::vector<uint8_t>(6, 9)};
  const Image square = square_pixels(small, p);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) {
      const bool is_inside = x == 2 && (y == 1 || y == 2);
      EXPECT_EQ(square.rgb[static_cast<size_t>(3 * (4 * y + x))], is_inside ? 9 : 0) << x << y;
    }
  }
}

TEST(Preprocess, AnExactSizeSqueezes) {
  Preprocess p = tiny(2);
  p.keeps_aspect = false;
  p.resample = Filter::Box;
  EXPECT_EQ(square_pixels(Image{4, 2, std::vector<uint8_t>(24, 5)}, p),
            (Image{2, 2, std::vector<uint8_t>(12, 5)}));
}

TEST(Preprocess, FilesAreTurnedUprightOnlyWhenAsked) {
  Preprocess p = tiny(9);
  const fs::path path = golden::kFolder / "orientation3.jpg";
  EXPECT_EQ(preprocess_file(path, p), preprocess(decode(path), p));
  p.use_exif_orientation = true;
  EXPECT_EQ(preprocess_file(path, p), preprocess(decode(path, {.use_exif_orientation = true}), p));
  EXPECT_NE(preprocess_file(path, p), preprocess(decode(path), p));
}

// The bytes are those of the slow processors exactly, and so far the floats are, too.
TEST(Preprocess, SeesWhatTransformersSees) {
  constexpr float kTolerance = 1e-6F;
  const support::ScratchFolder scratch;
  const fs::path config = scratch.path() / "preprocessor_config.json";
  for (const auto& c : golden::cases("preprocessed")) {
    SCOPED_TRACE(c.dump());
    write_file(config, c.at("config").dump());
    const Preprocess p = load_preprocess(config);
    const Image image = decode(golden::file(c));
    golden::expect_same(square_pixels(image, p), c.at("square"));
    const std::vector<float> values = preprocess(image, p);
    for (const auto& value : c.at("values")) {
      EXPECT_NEAR(values.at(value[0]), value[1].get<float>(), kTolerance);
    }
    EXPECT_EQ(golden::checksum(values.data(), values.size() * sizeof(float)), c.at("values_crc32"));
  }
}

}  // namespace
}  // namespace plumbline::image
