#include "plumbline/checkpoint/text_config.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

using config::TextFamily;
using nlohmann::json;
using support::error_text;
using testing::HasSubstr;

config::LlamaConfig read(const std::string& model_type, json fields = json::object()) {
  return read_text_config({std::move(fields), "config.json"}, model_type);
}

std::string refusal(const std::string& model_type, const std::string& name, const json& value) {
  return error_text<CheckpointError>([&] { read(model_type, {{name, value}}); });
}

TEST(TextConfig, FamiliesHaveTheirOwnDefaults) {
  EXPECT_EQ(read("llama").num_kv_heads, 32);
  EXPECT_EQ(read("llama", {{"num_attention_heads", 8}}).num_kv_heads, 8);
  const config::LlamaConfig mistral = read("mistral");
  EXPECT_EQ(mistral.num_kv_heads, 8);
  EXPECT_EQ(mistral.intermediate_size, 14336);
  EXPECT_EQ(mistral.sliding_window, 4096);
  const config::LlamaConfig qwen2 = read("qwen2");
  EXPECT_EQ(qwen2.family, TextFamily::Qwen2);
  EXPECT_EQ(qwen2.vocab_size, 151936);
  EXPECT_TRUE(qwen2.qkv_bias);
  EXPECT_FALSE(qwen2.o_bias);
  EXPECT_EQ(qwen2.begin_token, -1);
  EXPECT_TRUE(is_language_model("qwen2"));
  EXPECT_FALSE(is_language_model("llava"));
}

// As transformers 5.23 takes them, and MistralConfig before it refused null.
TEST(TextConfig, NullIsNotAbsent) {
  for (const std::string& family : language_model_types()) {
    const config::LlamaConfig c = read(family, {{"num_attention_heads", 16},
                                                {"hidden_size", 256},
                                                {"num_key_value_heads", nullptr},
                                                {"head_dim", nullptr},
                                                {"bos_token_id", nullptr},
                                                {"eos_token_id", nullptr}});
    EXPECT_EQ(c.num_kv_heads, 16) << family;
    EXPECT_EQ(c.head_dim, 16) << family;
    EXPECT_EQ(c.begin_token, -1) << family;
    EXPECT_EQ(c.end_token, -1) << family;
  }
}

TEST(TextConfig, AWindowThatNoSequenceFillsIsNone) {
  EXPECT_EQ(read("mistral", {{"sliding_window", nullptr}}).sliding_window, 0);
  const json wide = {{"sliding_window", 4096}, {"max_position_embeddings", 4096}};
  EXPECT_EQ(read("mistral", wide).sliding_window, 0);
  EXPECT_EQ(read("qwen2", {{"use_sliding_window", false}, {"sliding_window", 8}}).sliding_window,
            0);
}

TEST(TextConfig, LlamaMayHaveBiases) {
  const config::LlamaConfig c = read("llama", {{"attention_bias", true}, {"mlp_bias", true}});
  EXPECT_TRUE(c.qkv_bias && c.o_bias && c.mlp_bias);
}

TEST(TextConfig, ReadsWhatItWrites) {
  for (const TextFamily family : {TextFamily::Llama, TextFamily::Mistral, TextFamily::Qwen2}) {
    config::LlamaConfig c = {.family = family,
                             .vocab_size = 50,
                             .hidden_size = 16,
                             .intermediate_size = 24,
                             .num_layers = 2,
                             .num_heads = 4,
                             .num_kv_heads = 2,
                             .head_dim = 10,
                             .rope_theta = 77,
                             .max_positions = 64,
                             .tie_embeddings = true,
                             .begin_token = 3,
                             .end_token = 4};
    if (family == TextFamily::Mistral) c.sliding_window = 32;
    if (family == TextFamily::Llama) c.qkv_bias = c.o_bias = true;
    if (family == TextFamily::Qwen2) {
      c.qkv_bias = true;
      c.begin_token = -1;
    }
    const json text = text_config_json(c, "bfloat16");
    EXPECT_EQ(read(text["model_type"], text), c) << text;
  }
}

TEST(TextConfig, NamesWhatItCannotCompute) {
  EXPECT_THAT(refusal("gemma", "vocab_size", 3), HasSubstr("one of llama, mistral, qwen2"));
  EXPECT_THAT(refusal("llama", "hidden_act", "gelu"), HasSubstr("'hidden_act'"));
  EXPECT_THAT(refusal("mistral", "attention_bias", true), HasSubstr("'attention_bias'"));
  EXPECT_THAT(refusal("mistral", "sliding_window", 0), HasSubstr("'sliding_window'"));
  EXPECT_THAT(refusal("qwen2", "use_sliding_window", true), HasSubstr("'use_sliding_window'"));
  EXPECT_THAT(refusal("qwen2", "layer_types", {"full_attention", "sliding_attention"}),
              HasSubstr("'layer_types'"));
  EXPECT_THAT(refusal("llama", "quantization_config", {{"bits", 4}}),
              HasSubstr("'quantization_config'"));
}

}  // namespace
}  // namespace plumbline::checkpoint
