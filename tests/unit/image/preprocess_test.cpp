#include "plumbline/image/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::image {
namespace {

class PreprocessFile : public support::Scratch {
 protected:
  std::string problem(const std::string& content) {
    write_file(path_, content);
    try {
      load_preprocess(path_);
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  }
  const fs::path path_ = folder_ / "preprocessor_config.json";
};

TEST_F(PreprocessFile, ReadsBackWhatWasSaved) {
  Preprocess p;
  p.size = 60;
  p.shortest_edge = 64;
  p.pad_to_square = true;
  p.mean = {0.1, 0.2, 0.3};
  save_preprocess(path_, p);
  EXPECT_EQ(load_preprocess(path_), p);
}

TEST_F(PreprocessFile, ReadsOldAndNewSpellingsOfSize) {
  EXPECT_EQ(problem(R"({"size": 336, "crop_size": 336})"), "");
  EXPECT_EQ(load_preprocess(path_).size, 336);
  EXPECT_EQ(problem(R"({"size": {"shortest_edge": 80}, "crop_size": {"height": 64, "width": 64}})"),
            "");
  EXPECT_EQ(load_preprocess(path_).shortest_edge, 80);
  EXPECT_EQ(load_preprocess(path_).size, 64);
}

TEST_F(PreprocessFile, ComplaintsNameFileAndField) {
  using testing::HasSubstr;
  EXPECT_THAT(problem("{"), HasSubstr("preprocessor_config.json"));
  EXPECT_THAT(problem(R"({"size": "big"})"), HasSubstr("\"size\""));
  EXPECT_THAT(problem(R"({"resample": 2})"), HasSubstr("bicubic"));
  EXPECT_THAT(problem(R"({"image_mean": [1, 2]})"), HasSubstr("image_mean"));
  EXPECT_THAT(problem(R"({"image_std": [1, 0, 1]})"), HasSubstr("image_std"));
  EXPECT_THAT(problem(R"({"size": 224, "crop_size": 336})"), HasSubstr("crop_size"));
}

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

}  // namespace
}  // namespace plumbline::image
