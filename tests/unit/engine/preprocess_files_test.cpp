#include "plumbline/engine/preprocess_files.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/sources.h"
#include "tests/support/scratch.h"

namespace plumbline::engine {
namespace {

const fs::path kRoot = "tests/golden/architectures";

class PreprocessFiles : public support::Scratch {
 protected:
  void copy(const std::string& name) {
    fs::copy(kRoot / name, folder_, fs::copy_options::recursive);
  }
  image::Preprocess find() {
    return find_preprocess(folder_, checkpoint::read_config(folder_.string()));
  }
  void write(const std::string& name, int64_t size) {
    image::Preprocess p;
    p.size = p.shortest_edge = size;
    image::save_preprocess(folder_ / name, p);
  }
  // Changes "image_aspect_ratio": "pad" of the original layout's config.
  void set_aspect(const std::string& json) {
    std::string text = read_file(folder_ / "config.json");
    const std::string old = R"("image_aspect_ratio": "pad")";
    ASSERT_NE(text.find(old), std::string::npos);
    write_file(folder_ / "config.json", text.replace(text.find(old), old.size(), json));
  }
};

TEST_F(PreprocessFiles, OriginalModelsHaveTheirTowersAndTheirOwnPadding) {
  copy("original_linear");
  EXPECT_EQ(find().size, 16);
  EXPECT_TRUE(find().pad_to_square);
  EXPECT_TRUE(find().use_center_crop);
  write("tiny-clip/preprocessor_config.json", 32);
  EXPECT_EQ(find().size, 32);
  write("preprocessor_config.json", 64);
  EXPECT_EQ(find().size, 64);
  EXPECT_TRUE(find().pad_to_square);
  set_aspect(R"("image_aspect_ratio": "square")");
  EXPECT_FALSE(find().pad_to_square);
}

TEST_F(PreprocessFiles, TilesAreRefused) {
  copy("original_linear");
  set_aspect(R"("image_aspect_ratio": "anyres")");
  EXPECT_THROW(find(), CheckpointError);
}

// As transformers 5 writes a LlavaProcessor.
TEST_F(PreprocessFiles, AWholeProcessorsFileHoldsThePart) {
  copy("gelu_clip");
  EXPECT_THROW(find(), IoError);
  write_file(folder_ / "processor_config.json",
             R"({"image_processor": {"image_processor_type": "CLIPImageProcessor",
                 "crop_size": {"height": 16, "width": 16}, "size": {"shortest_edge": 20}},
                 "image_token": "<image>", "patch_size": 8, "processor_class": "LlavaProcessor"})");
  EXPECT_EQ(find().size, 16);
  EXPECT_EQ(find().shortest_edge, 20);
  EXPECT_TRUE(find().use_exif_orientation);
  write_file(folder_ / "processor_config.json", R"({"patch_size": 8})");
  EXPECT_THROW(find(), DataError);
}

}  // namespace
}  // namespace plumbline::engine
