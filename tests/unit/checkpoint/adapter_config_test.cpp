#include "plumbline/checkpoint/adapter_config.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::checkpoint {
namespace {

using nlohmann::json;
using support::error_text;
using support::Scratch;
using testing::ElementsAre;
using testing::HasSubstr;

class AdapterConfigFile : public Scratch {
 protected:
  AdapterConfig read(const json& text) {
    write_file(path("adapter_config.json"), text.dump());
    return read_adapter_config(path("adapter_config.json"));
  }
  std::string refusal(const std::string& option, const json& value) {
    json text = {{"peft_type", "LORA"}, {"r", 4}, {"lora_alpha", 8}};
    text[option] = value;
    return error_text<CheckpointError>([&] { read(text); });
  }
};

TEST_F(AdapterConfigFile, ReadsWhatItWrites) {
  const nn::AdapterSpec spec = {
      .rank = 4, .alpha = 2.5, .dropout = 0.25, .targets = {"v_proj", "gate_proj"}, .rslora = true};
  EXPECT_EQ(read(json::parse(adapter_config_text(spec, "base"))).spec, spec);
}

TEST_F(AdapterConfigFile, WritesPeftsForm) {
  const json text = json::parse(adapter_config_text(
      {.rank = 64, .alpha = 16, .targets = {"q_proj", "v_proj"}}, "models/base"));
  EXPECT_EQ(text["peft_type"], "LORA");
  EXPECT_EQ(text["r"], 64);
  EXPECT_TRUE(text["lora_alpha"].is_number_integer());
  EXPECT_EQ(text["target_modules"], R"(.*language_model.*\.(q_proj|v_proj))");
  EXPECT_EQ(text["base_model_name_or_path"], "models/base");
}

// The fields peft 0.21.2 writes for a plain adapter.
TEST_F(AdapterConfigFile, ReadsPeftsDefaults) {
  const nn::AdapterSpec spec = read({{"alpha_pattern", json::object()},
                                     {"auto_mapping", {{"parent_library", "transformers"}}},
                                     {"base_model_name_or_path", nullptr},
                                     {"bias", "none"},
                                     {"fan_in_fan_out", false},
                                     {"init_lora_weights", true},
                                     {"layers_to_transform", nullptr},
                                     {"loftq_config", json::object()},
                                     {"lora_alpha", 16},
                                     {"lora_dropout", 0.0},
                                     {"megatron_core", "megatron.core"},
                                     {"modules_to_save", nullptr},
                                     {"peft_type", "LORA"},
                                     {"peft_version", "0.21.2"},
                                     {"qalora_group_size", 16},
                                     {"r", 64},
                                     {"rank_pattern", json::object()},
                                     {"target_modules", {"v_proj", "q_proj"}},
                                     {"use_dora", false}})
                                   .spec;
  EXPECT_EQ(spec.scale_of("layers.0.self_attn.q_proj"), 0.25);
  EXPECT_FALSE(spec.rslora);
  EXPECT_THAT(spec.targets, ElementsAre("v_proj", "q_proj"));
}

TEST_F(AdapterConfigFile, PatternsKeepTheOrderOfTheFile) {
  write_file(path("adapter_config.json"), R"({"peft_type": "LORA", "r": 4, "lora_alpha": 8,
      "rank_pattern": {"v_proj": 3, "a_proj": 5, "layers\\.1\\..*v_proj": 2},
      "alpha_pattern": {"^model.layers.0.mlp.up_proj": 2.5},
      "modules_to_save": ["lm_head", "model.embed_tokens"]})");
  const AdapterConfig config = read_adapter_config(path("adapter_config.json"));
  EXPECT_THAT(config.ranks,
              ElementsAre(std::pair<std::string, int64_t>("v_proj", 3), testing::_, testing::_));
  EXPECT_EQ(config.alphas.at(0).second, 2.5);
  EXPECT_THAT(config.spec.saved_modules, ElementsAre("lm_head", "embed_tokens"));
}

// The pattern is a whole path or an end of one from a dot on, and the first one counts.
TEST_F(AdapterConfigFile, PatternsMatchAsPeftMatchesThem) {
  const Patterns<int64_t> patterns = {
      {R"(layers\.1\..*q_proj)", 0}, {"q_proj", 1}, {"^model.layers.0.mlp.up_proj", 2}};
  EXPECT_EQ(first_match(patterns, "model.layers.1.self_attn.q_proj"), 0);
  EXPECT_EQ(first_match(patterns, "model.layers.0.self_attn.q_proj"), 1);
  EXPECT_EQ(first_match(patterns, "q_proj"), 1);
  EXPECT_EQ(first_match(patterns, "model.layers.0.mlp.up_proj"), 2);
  EXPECT_EQ(first_match(patterns, "model.model.layers.0.mlp.up_proj"), -1);
  EXPECT_EQ(first_match(patterns, "model.layers.0.self_attn.kq_proj"), -1);
  EXPECT_EQ(first_match(patterns, "model.layers.0.self_attn.q_proj.x"), -1);
  const Patterns<int64_t> broken = {{"(q_proj", 1}};
  EXPECT_THAT(error_text<CheckpointError>([&] { first_match(broken, "q_proj"); }),
              HasSubstr("'(q_proj'"));
}

TEST_F(AdapterConfigFile, TargetsAreWrittenForTheLayout) {
  const nn::AdapterSpec spec = {.rank = 4,
                                .alpha = 8,
                                .targets = {"q_proj", "layers.0.mlp.up_proj"},
                                .rank_pattern = {{"layers.1.self_attn.q_proj", 2}},
                                .saved_modules = {"lm_head"}};
  const auto written = [&](Layout layout) {
    return json::parse(adapter_config_text(spec, "base", layout));
  };
  EXPECT_EQ(written(Layout::Text)["target_modules"], json({"q_proj", "layers.0.mlp.up_proj"}));
  EXPECT_EQ(written(Layout::Llava)["target_modules"],
            R"(.*language_model.*\.(q_proj|layers\.0\.mlp\.up_proj))");
  EXPECT_EQ(written(Layout::Original)["target_modules"],
            R"(model\.(layers\..*\.)?(q_proj|layers\.0\.mlp\.up_proj))");
  EXPECT_EQ(written(Layout::Text)["rank_pattern"], json({{"layers.1.self_attn.q_proj", 2}}));
  EXPECT_EQ(written(Layout::Text)["modules_to_save"], json({"lm_head"}));
}

TEST_F(AdapterConfigFile, UnsupportedOptionsAreNamed) {
  EXPECT_THAT(refusal("fan_in_fan_out", true), HasSubstr("'fan_in_fan_out'"));
  EXPECT_THAT(refusal("modules_to_save", {"norm"}), HasSubstr("'modules_to_save'"));
  EXPECT_THAT(refusal("lora_bias", true), HasSubstr("'lora_bias'"));
  EXPECT_THAT(refusal("bias", "all"), HasSubstr("'bias'"));
  EXPECT_THAT(refusal("peft_type", "IA3"), HasSubstr("'peft_type'"));
  EXPECT_THAT(refusal("init_lora_weights", "pissa"), HasSubstr("'init_lora_weights'"));
  EXPECT_THAT(refusal("some_new_option", 3), HasSubstr("'some_new_option'"));
  EXPECT_THAT(refusal("rank_pattern", {{"q_proj", 0}}), HasSubstr("'rank_pattern.q_proj'"));
  EXPECT_THAT(refusal("r", 0), HasSubstr("'r'"));
  EXPECT_THAT(refusal("lora_dropout", 1.0), HasSubstr("'lora_dropout'"));
}

TEST_F(AdapterConfigFile, RefusesSizesNoAdapterHas) {
  EXPECT_THAT(refusal("r", 1000000000), HasSubstr("65536"));
  EXPECT_THAT(refusal("lora_alpha", 1e308), HasSubstr("lora_alpha"));
  EXPECT_THAT(refusal("rank_pattern", {{"q_proj", 1000000}}), HasSubstr("65536"));
}

TEST_F(AdapterConfigFile, RanksAreWholeNumbersAndAlphasMayBeLarge) {
  EXPECT_THAT(refusal("rank_pattern", {{"q_proj", 8.7}}), HasSubstr("whole number"));
  EXPECT_THAT(refusal("rank_pattern", {{"q_proj", 0}}), HasSubstr("above 0"));
  const AdapterConfig config = read({{"peft_type", "LORA"},
                                     {"r", 4},
                                     {"lora_alpha", 8},
                                     {"alpha_pattern", {{"q_proj", 1e6}, {"v_proj", 0.5}}}});
  EXPECT_EQ(config.alphas.size(), 2U);
}

}  // namespace
}  // namespace plumbline::checkpoint
