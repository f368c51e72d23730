#include "plumbline/checkpoint/vision_config.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

using config::Activation;
using config::TowerKind;
using nlohmann::json;
using support::error_text;
using testing::HasSubstr;

config::VisionConfig read(const json& fields) {
  return read_vision_config({fields, "config.json"});
}

TEST(VisionConfig, KindsHaveTheirOwnDefaults) {
  const config::VisionConfig clip = read({{"model_type", "clip_vision_model"}});
  EXPECT_EQ(clip.patch_size, 32);
  EXPECT_EQ(clip.activation, Activation::QuickGelu);
  EXPECT_EQ(clip.num_rows(), 50);
  const config::VisionConfig siglip = read({{"model_type", "siglip_vision_model"}});
  EXPECT_EQ(siglip.kind, TowerKind::Siglip);
  EXPECT_EQ(siglip.activation, Activation::TanhGelu);
  EXPECT_EQ(siglip.layer_norm_eps, 1e-6);
  EXPECT_EQ(siglip.num_rows(), 196);
}

TEST(VisionConfig, ATowerMayBeHalfOfAModel) {
  const json whole = {{"model_type", "siglip"}, {"vision_config", {{"image_size", 32}}}};
  const config::VisionConfig c = read_tower_config({whole, "config.json"});
  EXPECT_EQ(c.kind, TowerKind::Siglip);
  EXPECT_EQ(c.image_size, 32);
}

TEST(VisionConfig, PublishedTowersAreKnownByName) {
  EXPECT_EQ(published_tower("openai/clip-vit-large-patch14")->num_rows(), 257);
  EXPECT_EQ(*published_tower("openai/clip-vit-large-patch14-336"), usual_tower());
  EXPECT_EQ(published_tower("google/siglip-so400m-patch14-384")->num_rows(), 729);
  EXPECT_EQ(published_tower("someone/else"), nullptr);
}

TEST(VisionConfig, ReadsWhatItWrites) {
  for (const auto& tower : {usual_tower(), *published_tower("siglip-so400m-patch14-384")}) {
    EXPECT_EQ(read(vision_config_json(tower, "float32")), tower);
  }
}

TEST(VisionConfig, NamesWhatItCannotCompute) {
  const auto refusal = [](const json& fields) {
    return error_text<CheckpointError>([&] { read(fields); });
  };
  EXPECT_THAT(refusal({{"model_type", "dinov2"}}), HasSubstr("siglip_vision_model"));
  EXPECT_THAT(refusal({{"hidden_act", "relu"}}), HasSubstr("gelu_pytorch_tanh"));
  EXPECT_THAT(refusal({{"num_channels", 1}}), HasSubstr("'num_channels'"));
}

}  // namespace
}  // namespace plumbline::checkpoint
