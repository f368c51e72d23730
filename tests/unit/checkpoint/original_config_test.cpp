#include "plumbline/checkpoint/original_config.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/hf_config.h"
#include "tests/support/scratch.h"
#include "tiny_model.h"

namespace plumbline::checkpoint {
namespace {

using config::ProjectorKind;
using nlohmann::json;
using support::error_text;
using support::Scratch;
using testing::HasSubstr;

config::LlavaConfig original_config() {
  config::LlavaConfig c = tiny_config();
  c.image_token = config::kSplicedImageToken;
  return c;
}

class OriginalConfig : public Scratch {
 protected:
  // A model folder with its tower, as save_llava lays them out.
  void write(const json& changes = json::object()) {
    json text = json::parse(original_config_text(original_config(), "float32"));
    text.update(changes);
    const std::string tower = original_tower_text(original_config(), "float32");
    make_folders(folder_ / kTowerFolder);
    write_file(folder_ / kTowerFolder / "config.json", tower);
    write_file(path("config.json"), text.dump());
  }
  config::LlavaConfig read(const json& changes = json::object()) {
    write(changes);
    return read_hf_config(path("config.json"));
  }
  std::string refusal(const json& changes) {
    return error_text<CheckpointError>([&] { read(changes); });
  }
};

TEST_F(OriginalConfig, ReadsWhatItWrites) {
  EXPECT_EQ(layout_of(original_config()), Layout::Original);
  EXPECT_EQ(read(), original_config());
  EXPECT_EQ(read({{"model_type", "llava"}}), original_config());
}

TEST_F(OriginalConfig, ReadsProjectorAndFeatures) {
  EXPECT_EQ(read({{"mm_projector_type", "linear"}}).projector, ProjectorKind::Linear);
  EXPECT_EQ(read({{"mm_projector_type", nullptr}}).projector, ProjectorKind::Linear);
  EXPECT_FALSE(read({{"mm_vision_select_feature", "cls_patch"}}).skip_first_row);
  EXPECT_EQ(read({{"mm_vision_select_layer", -1}}).select_layer, -1);
}

TEST_F(OriginalConfig, TheTowerLiesWithinOrBesideOrIsKnown) {
  write();
  const auto found = [&](const std::string& name, const fs::path& model) {
    return tower_folder({json{{"mm_vision_tower", name}}, "config.json"}, model);
  };
  EXPECT_EQ(found("someone/vision_tower", folder_), folder_ / kTowerFolder);
  EXPECT_EQ(found("someone/vision_tower", folder_ / "model"), folder_ / kTowerFolder);
  EXPECT_EQ(found(path(kTowerFolder), "elsewhere"), path(kTowerFolder));
  EXPECT_TRUE(found("someone/else", folder_).empty());
  EXPECT_EQ(read({{"mm_vision_tower", "openai/clip-vit-large-patch14"},
                  {"mm_hidden_size", 1024},
                  {"max_position_embeddings", 2048}})
                .image_rows(),
            256);
}

TEST_F(OriginalConfig, NamesWhatItCannotCompute) {
  EXPECT_THAT(refusal({{"mm_vision_tower", "someone/else"}}),
              testing::AllOf(HasSubstr("'else'"), HasSubstr("beside")));
  EXPECT_THAT(refusal({{"mm_vision_tower", nullptr}}), HasSubstr("mm_vision_tower"));
  EXPECT_THAT(refusal({{"mm_projector_type", "identity"}}), HasSubstr("linear or mlp2x_gelu"));
  EXPECT_THAT(refusal({{"mm_use_im_start_end", true}}), HasSubstr("mm_use_im_start_end"));
  EXPECT_THAT(refusal({{"mm_patch_merge_type", "spatial"}}), HasSubstr("mm_patch_merge_type"));
  EXPECT_THAT(refusal({{"mm_resampler_type", "perceiver"}}), HasSubstr("mm_resampler_type"));
  EXPECT_THAT(refusal({{"image_aspect_ratio", "anyres"}}), HasSubstr("image_aspect_ratio"));
  EXPECT_THAT(refusal({{"mm_vision_select_feature", "cls"}}), HasSubstr("patch or cls_patch"));
  EXPECT_THAT(refusal({{"mm_hidden_size", 13}}), HasSubstr("12, the tower's width"));
}

}  // namespace
}  // namespace plumbline::checkpoint
