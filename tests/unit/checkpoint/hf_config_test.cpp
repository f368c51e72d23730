#include "plumbline/checkpoint/hf_config.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"
#include "tiny_model.h"

namespace plumbline::checkpoint {
namespace {

using nlohmann::json;
using support::error_text;
using support::Scratch;
using testing::HasSubstr;

class HfConfig : public Scratch {
 protected:
  config::LlavaConfig read(const json& text) {
    write_file(path("config.json"), text.dump());
    return read_hf_config(path("config.json"));
  }
  std::string refusal(const std::string& pointer, const json& value) {
    json text = json::parse(hf_config_text(tiny_config(), "float32"));
    text[json::json_pointer(pointer)] = value;
    return error_text<CheckpointError>([&] { read(text); });
  }
};

TEST_F(HfConfig, ReadsWhatItWrites) {
  config::LlavaConfig config = tiny_config();
  config.text.tie_embeddings = true;
  config.vision.activation = config::Activation::Gelu;
  config.vision.kind = config::TowerKind::Siglip;
  config.projector_bias = false;
  config.skip_first_row = false;
  config.select_layer = -1;
  EXPECT_EQ(read(json::parse(hf_config_text(config, "bfloat16"))), config);
  EXPECT_EQ(json::parse(hf_config_text(config, "bfloat16"))["torch_dtype"], "bfloat16");
}

// The published LLaVA-1.5-7B config leaves most of the language model to transformers' defaults.
TEST_F(HfConfig, FillsInTransformersDefaults) {
  const config::LlavaConfig c = read({{"model_type", "llava"},
                                      {"text_config",
                                       {{"model_type", "llama"},
                                        {"max_position_embeddings", 4096},
                                        {"rms_norm_eps", 1e-5},
                                        {"vocab_size", 32064}}},
                                      {"tie_word_embeddings", false}});
  EXPECT_EQ(c.text.hidden_size, 4096);
  EXPECT_EQ(c.text.intermediate_size, 11008);
  EXPECT_EQ(c.text.num_layers, 32);
  EXPECT_EQ(c.text.num_kv_heads, 32);
  EXPECT_EQ(c.text.head_dim, 128);
  EXPECT_EQ(c.text.rope_theta, 10000);
  EXPECT_EQ(c.text.rms_norm_eps, 1e-5);
  EXPECT_EQ(c.text.end_token, 2);
  EXPECT_EQ(c.image_token, 32000);
  EXPECT_EQ(c.select_layer, -2);
  EXPECT_EQ(c.vision.image_size, 336);
  EXPECT_EQ(c.vision.num_patches(), 576);
  EXPECT_EQ(c.vision.num_layers, 24);
  EXPECT_EQ(c.vision.activation, config::Activation::QuickGelu);
  EXPECT_FALSE(c.text.tie_embeddings);
}

TEST_F(HfConfig, ReadsNewerSpellings) {
  json text = json::parse(hf_config_text(tiny_config(), "float32"));
  text["text_config"].erase("rope_theta");
  text["text_config"]["rope_parameters"] = {{"rope_theta", 123.0}, {"rope_type", "default"}};
  text["text_config"]["eos_token_id"] = {7, 8};
  text["image_token_id"] = 11;
  text.erase("image_token_index");
  text["tie_word_embeddings"] = true;
  const config::LlavaConfig c = read(text);
  EXPECT_EQ(c.text.rope_theta, 123.0);
  EXPECT_EQ(c.text.end_token, 7);
  EXPECT_EQ(c.image_token, 11);
  EXPECT_TRUE(c.text.tie_embeddings);
}

TEST_F(HfConfig, ALanguageModelAloneTakesNoImages) {
  config::LlavaConfig config = tiny_config();
  config.vision = {};
  config.image_token = config::kNoImageToken;
  config.text.family = config::TextFamily::Mistral;
  EXPECT_EQ(layout_of(config), Layout::Text);
  const json text = json::parse(hf_config_text(config, "float32"));
  EXPECT_EQ(text["model_type"], "mistral");
  EXPECT_FALSE(text.contains("vision_config"));
  EXPECT_EQ(read(text), config);
  EXPECT_FALSE(read(text).takes_images());
}

TEST_F(HfConfig, RefusesWhatItCannotCompute) {
  const auto names = [](const std::string& field, const std::string& expected) {
    return testing::AllOf(HasSubstr(field), HasSubstr(expected), HasSubstr("config.json"));
  };
  EXPECT_THAT(refusal("/model_type", "llava_next"),
              names("'model_type'", "one of llava, llava_llama, llama, mistral, qwen2"));
  EXPECT_THAT(refusal("/text_config", nullptr), names("mm_vision_tower", "CLIP or SigLIP"));
  EXPECT_THAT(refusal("/text_config/model_type", "gemma"),
              names("'text_config.model_type'", "one of llama, mistral, qwen2"));
  EXPECT_THAT(refusal("/text_config/hidden_act", "gelu"), names("hidden_act", "silu"));
  EXPECT_THAT(refusal("/vision_config/model_type", "pixtral"),
              names("'vision_config.model_type'", "clip_vision_model or siglip_vision_model"));
  EXPECT_THAT(refusal("/vision_config/hidden_act", "relu"), names("hidden_act", "quick_gelu"));
  EXPECT_THAT(refusal("/projector_hidden_act", "relu"), names("projector_hidden_act", "relu"));
  EXPECT_THAT(refusal("/vision_feature_select_strategy", "cls"), names("strategy", "full"));
  EXPECT_THAT(refusal("/vision_feature_layer", {-2, -5}), names("vision_feature_layer", "[-2,-5]"));
  EXPECT_THAT(refusal("/quantization_config", {{"bits", 4}}),
              names("quantization", "full weights"));
}

TEST_F(HfConfig, RefusesNumbersThatDoNotFit) {
  EXPECT_THAT(refusal("/text_config/num_attention_heads", 0), HasSubstr("num_attention_heads"));
  EXPECT_THAT(refusal("/text_config/num_key_value_heads", 3), HasSubstr("num_kv_heads"));
  EXPECT_THAT(refusal("/text_config/vocab_size", "many"), HasSubstr("vocab_size"));
  EXPECT_THAT(refusal("/vision_config/patch_size", 5), HasSubstr("patch_size"));
  EXPECT_THAT(refusal("/image_token_index", 50), HasSubstr("image_token"));
}

}  // namespace
}  // namespace plumbline::checkpoint
