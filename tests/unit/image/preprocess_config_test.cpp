#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/image/preprocess.h"
#include "tests/support/scratch.h"

namespace plumbline::image {
namespace {

class PreprocessFile : public support::Scratch {
 protected:
  Preprocess load(const std::string& content) {
    write_file(path_, content);
    return load_preprocess(path_);
  }
  std::string problem(const std::string& content) {
    return support::error_text<DataError>([&] { load(content); });
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

TEST_F(PreprocessFile, ReadsBackEveryStep) {
  Preprocess p;
  p.keeps_aspect = p.use_center_crop = p.use_rescale = p.use_normalize = false;
  p.use_exif_orientation = true;
  p.resample = Filter::Lanczos;
  p.rescale_factor = 0.25;
  save_preprocess(path_, p);
  EXPECT_EQ(load_preprocess(path_), p);
}

TEST_F(PreprocessFile, ReadsOldAndNewSpellingsOfSize) {
  const Preprocess old = load(R"({"size": 336, "crop_size": 320})");
  EXPECT_EQ(old.shortest_edge, 336);
  EXPECT_EQ(old.size, 320);
  EXPECT_TRUE(old.keeps_aspect);
  EXPECT_EQ(load(R"({"size": {"shortest_edge": 336},
                     "crop_size": {"height": 320, "width": 320}})"),
            old);
  const Preprocess exact = load(R"({"size": {"height": 384, "width": 384},
                                    "do_center_crop": false})");
  EXPECT_FALSE(exact.keeps_aspect);
  EXPECT_EQ(exact.size, 384);
  EXPECT_EQ(load(R"({"size": 384, "default_to_square": true, "do_center_crop": false})"), exact);
}

TEST_F(PreprocessFile, WhatIsLeftOutIsTheTypesDefault) {
  EXPECT_EQ(load("{}"), Preprocess{});
  EXPECT_EQ(load(R"({"image_processor_type": "CLIPImageProcessorFast"})"), Preprocess{});
  EXPECT_EQ(load(R"({"feature_extractor_type": "CLIPFeatureExtractor", "size": null})"),
            Preprocess{});
  EXPECT_EQ(load(R"({"size": 336})").size, 224);  // transformers crops to 224, too
  const Preprocess siglip = load(R"({"image_processor_type": "SiglipImageProcessor"})");
  EXPECT_FALSE(siglip.use_center_crop);
  EXPECT_FALSE(siglip.keeps_aspect);
  EXPECT_THAT(siglip.mean, testing::Each(0.5));
}

TEST_F(PreprocessFile, PadsForBothLayouts) {
  EXPECT_TRUE(load(R"({"image_aspect_ratio": "pad"})").pad_to_square);
  EXPECT_FALSE(load(R"({"image_aspect_ratio": "square"})").pad_to_square);
  EXPECT_TRUE(
      load(R"({"image_processor_type": "LlavaImageProcessor", "do_pad": true})").pad_to_square);
}

// transformers reads paths upright; the original LLaVA reads them as they are stored.
TEST_F(PreprocessFile, OrientationIsTheLayoutsUnlessTheFileSaysIt) {
  EXPECT_FALSE(load("{}").use_exif_orientation);
  EXPECT_TRUE(load(R"({"processor_class": "LlavaProcessor"})").use_exif_orientation);
  EXPECT_TRUE(load(R"({"image_processor_type": "LlavaImageProcessor"})").use_exif_orientation);
  EXPECT_FALSE(load(R"({"processor_class": "LlavaProcessor", "use_exif_orientation": false})")
                   .use_exif_orientation);
}

TEST_F(PreprocessFile, TilesAreLeftForLater) {
  using testing::HasSubstr;
  for (const char* content :
       {R"({"image_aspect_ratio": "anyres_max_9"})", R"({"image_grid_pinpoints": [[336, 672]]})",
        R"({"image_processor_type": "LlavaNextImageProcessor"})"}) {
    EXPECT_THAT(problem(content), HasSubstr("anyres")) << content;
  }
}

TEST_F(PreprocessFile, UnknownOptionsAndTypesAreNamed) {
  using testing::HasSubstr;
  EXPECT_THAT(problem(R"({"do_sharpen": true})"), HasSubstr("do_sharpen"));
  EXPECT_THAT(problem(R"({"image_processor_type": "ViTImageProcessor"})"), HasSubstr("ViT"));
  load(R"({"do_sharpen": null, "data_format": "channels_first"})");
}

TEST_F(PreprocessFile, ComplaintsNameFileAndField) {
  using testing::HasSubstr;
  EXPECT_THAT(problem("{"), HasSubstr("preprocessor_config.json"));
  EXPECT_THAT(problem(R"({"size": "big"})"), HasSubstr("\"size\""));
  EXPECT_THAT(problem(R"({"resample": 6})"), HasSubstr("\"resample\""));
  EXPECT_THAT(problem(R"({"resample": 2.5})"), HasSubstr("\"resample\""));
  EXPECT_THAT(problem(R"({"image_mean": [1, 2]})"), HasSubstr("image_mean"));
  EXPECT_THAT(problem(R"({"image_std": [1, 0, 1]})"), HasSubstr("image_std"));
  EXPECT_THAT(problem(R"({"crop_size": {"height": 4, "width": 5}})"), HasSubstr("crop_size"));
  EXPECT_THAT(problem(R"({"size": {"shortest_edge": 4, "longest_edge": 5}})"), HasSubstr("size"));
  EXPECT_THAT(problem(R"({"image_aspect_ratio": "pad", "image_mean": 120})"), HasSubstr("_mean"));
  EXPECT_THAT(problem(R"({"do_pad": true})"), HasSubstr("do_pad"));
}

}  // namespace
}  // namespace plumbline::image
