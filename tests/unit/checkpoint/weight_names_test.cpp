#include "plumbline/checkpoint/weight_names.h"

#include <gtest/gtest.h>

#include <map>

namespace plumbline::checkpoint {
namespace {

TEST(WeightNames, EverySpellingBecomesTheClassicOne) {
  const std::string q = "language_model.model.layers.1.self_attn.q_proj.weight";
  const std::string norm = "language_model.model.norm.weight";
  const std::string embedding = "language_model.model.embed_tokens.weight";
  const std::string head = "language_model.lm_head.weight";
  const std::string fc1 = "vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias";
  const std::string linear_1 = "multi_modal_projector.linear_1.weight";
  const std::string linear_2 = "multi_modal_projector.linear_2.bias";
  const std::map<std::string, std::string> classic = {
      {"model.layers.1.self_attn.q_proj.weight", q},
      {"model.language_model.layers.1.self_attn.q_proj.weight", q},
      {"model.norm.weight", norm},
      {"model.language_model.norm.weight", norm},
      {"model.embed_tokens.weight", embedding},
      {"model.language_model.embed_tokens.weight", embedding},
      {"lm_head.weight", head},
      {"model.vision_tower.vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias", fc1},
      {"model.vision_tower.vision_tower.encoder.layers.0.mlp.fc1.bias", fc1},
      {"model.vision_tower.vision_model.encoder.layers.0.mlp.fc1.bias", fc1},
      {"model.vision_tower.encoder.layers.0.mlp.fc1.bias", fc1},
      {"vision_tower.encoder.layers.0.mlp.fc1.bias", fc1},
      {"vision_model.encoder.layers.0.mlp.fc1.bias", fc1},
      {"model.mm_projector.0.weight", linear_1},
      {"model.mm_projector.2.bias", linear_2},
      {"model.mm_projector.weight", linear_1},
      {"model.multi_modal_projector.linear_1.weight", linear_1},
      {"model.multi_modal_projector.linear_2.bias", linear_2}};
  for (const auto& [spelling, expected] : classic) EXPECT_EQ(classic_name(spelling), expected);
  for (const std::string& name : {q, norm, embedding, head, fc1, linear_1, linear_2}) {
    EXPECT_EQ(classic_name(name), name);
  }
}

TEST(WeightNames, UnknownNamesStay) {
  EXPECT_EQ(classic_name("image_newline"), "image_newline");
  EXPECT_EQ(classic_name("model.layersX.weight"), "model.layersX.weight");
  EXPECT_EQ(classic_name("a.model.layers.0.x"), "a.model.layers.0.x");
}

TEST(WeightNames, ATowersOwnFile) {
  const std::string root = "vision_tower.vision_model.";
  EXPECT_EQ(classic_tower_name("vision_model.pre_layrnorm.bias"), root + "pre_layrnorm.bias");
  EXPECT_EQ(classic_tower_name("encoder.layers.0.mlp.fc1.bias"),
            root + "encoder.layers.0.mlp.fc1.bias");
  EXPECT_EQ(classic_tower_name("text_model.embeddings.token_embedding.weight"), "");
  EXPECT_EQ(classic_tower_name("logit_scale"), "");
  EXPECT_EQ(classic_tower_name("something.else"), "something.else");
}

TEST(WeightNames, WrittenNamesAreReadBack) {
  config::LlavaConfig config;
  for (const std::string name :
       {"language_model.model.layers.0.mlp.up_proj.weight", "language_model.lm_head.weight",
        "multi_modal_projector.linear_1.bias"}) {
    EXPECT_EQ(written_name(name, config), name);
    config.image_token = config::kSplicedImageToken;
    EXPECT_NE(written_name(name, config), name);
    EXPECT_EQ(classic_name(written_name(name, config)), name);
    config.projector = config::ProjectorKind::Linear;
    EXPECT_EQ(classic_name(written_name(name, config)), name);
    config = {};
  }
  config.image_token = config::kNoImageToken;
  EXPECT_EQ(written_name("language_model.lm_head", config), "lm_head");
  EXPECT_EQ(written_name("language_model.model.norm.weight", config), "model.norm.weight");
}

TEST(WeightNames, OnlyWhatTheModelCannotUseIsUnused) {
  config::LlavaConfig config;
  config.vision.num_layers = 12;
  config.select_layer = -2;  // the output of block 10 of 12, so the last block is not run
  EXPECT_TRUE(is_unused("language_model.model.layers.0.self_attn.rotary_emb.inv_freq", config));
  EXPECT_TRUE(is_unused("vision_tower.vision_model.embeddings.position_ids", config));
  EXPECT_TRUE(is_unused("vision_tower.vision_model.post_layernorm.weight", config));
  EXPECT_TRUE(is_unused("vision_tower.vision_model.encoder.layers.11.mlp.fc1.bias", config));
  EXPECT_FALSE(is_unused("vision_tower.vision_model.encoder.layers.10.mlp.fc1.bias", config));
  EXPECT_FALSE(is_unused("vision_tower.vision_model.pre_layrnorm.weight", config));
  EXPECT_TRUE(is_unused("vision_tower.vision_model.head.probe", config));
  EXPECT_FALSE(is_unused("vision_tower", config));
  EXPECT_FALSE(is_unused("language_model.lm_head.weight", config));
  config.text.tie_embeddings = true;
  EXPECT_TRUE(is_unused("language_model.lm_head.weight", config));
}

}  // namespace
}  // namespace plumbline::checkpoint
