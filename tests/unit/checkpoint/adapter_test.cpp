#include "plumbline/checkpoint/adapter.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/base/pattern.h"
#include "plumbline/checkpoint/tensors.h"
#include "tests/support/scratch.h"
#include "tiny_model.h"

namespace plumbline::checkpoint {
namespace {

using support::error_text;
using support::Scratch;
using testing::HasSubstr;

const nn::AdapterSpec kSpec = {.rank = 3, .alpha = 6, .targets = {"v_proj", "down_proj"}};
constexpr const char* kFile = "a/adapter_model.safetensors";

class Adapter : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    model_.add_adapter("policy", kSpec, random_key(2, "adapter"));
    float value = 0;
    for (auto& [name, tensor] : model_.adapter_parameters("policy")) {
      at::Tensor(tensor).detach().fill_(value += 1);
    }
  }
  void save() { save_adapter(path("a"), model_, "policy", "base"); }
  // Saves, and writes the tensors anew under other names.
  void save_renamed(const std::string& from, const std::string& to) {
    save();
    std::map<std::string, at::Tensor> renamed;
    for (const auto& [name, tensor] : load_tensors(path(kFile))) {
      renamed[Pattern(from).replace(name, to)] = tensor;
    }
    save_tensors(path(kFile), renamed);
  }
  std::string refusal() {
    const std::string text =
        error_text<CheckpointError>([&] { load_adapter(path("a"), model_, "back"); });
    EXPECT_FALSE(model_.has_adapter("back"));
    return text;
  }
  void expect_back() {
    load_adapter(path("a"), model_, "back");
    EXPECT_EQ(model_.adapter_spec("back"), kSpec);
    EXPECT_TRUE(same(model_.adapter_parameters("back"), model_.adapter_parameters("policy")));
    model_.remove_adapter("back");
  }

  model::Llava model_ = tiny_model(1);
};

TEST_F(Adapter, ComesBackBitForBit) {
  save();
  EXPECT_FALSE(fs::exists(path("a/reward_head.safetensors")));
  expect_back();
  EXPECT_FALSE(model_.has_head("back"));
}

TEST_F(Adapter, TheFileHasPeftsNames) {
  save();
  const auto tensors = load_tensors(path(kFile));
  const std::string layer = "base_model.model.language_model.model.layers.1.self_attn.v_proj.";
  EXPECT_EQ(tensors.size(), 8u);
  EXPECT_EQ(tensors.at(layer + "lora_A.weight").sizes(), (std::vector<int64_t>{3, 16}));
  EXPECT_EQ(tensors.at(layer + "lora_B.weight").sizes(), (std::vector<int64_t>{16, 3}));
}

TEST_F(Adapter, AHeadGoesWithIt) {
  model_.add_head("policy", random_key(3, "head"), false);
  save();
  load_adapter(path("a"), model_, "back");
  EXPECT_TRUE(same(model_.head_parameters("back"), model_.head_parameters("policy")));
}

TEST_F(Adapter, ReadsOtherSpellings) {
  save_renamed("(lora_[AB])", "$1.default");
  expect_back();
  save_renamed("model\\.language_model\\.model\\.", "model.model.language_model.");
  expect_back();
  save_renamed("model\\.language_model\\.model\\.", "model.model.");
  expect_back();
}

TEST_F(Adapter, LayersOfOtherRanksAndSavedModulesComeBack) {
  const nn::AdapterSpec spec = {.rank = 3,
                                .alpha = 6,
                                .targets = {"layers.1.mlp.up_proj", "q_proj"},
                                .rslora = true,
                                .rank_pattern = {{"layers.0.self_attn.q_proj", 2}},
                                .alpha_pattern = {{"layers.1.mlp.up_proj", 2.5}},
                                .saved_modules = {"lm_head"}};
  model_.add_adapter("patterns", spec, random_key(2, "adapter"));
  save_adapter(path("a"), model_, "patterns", "base");
  load_adapter(path("a"), model_, "back");
  EXPECT_EQ(model_.adapter_spec("back"), spec);
  EXPECT_TRUE(same(model_.adapter_parameters("back"), model_.adapter_parameters("patterns")));
}

TEST_F(Adapter, OfALanguageModelAloneHasPlainNames) {
  config::LlavaConfig config = tiny_config();
  config.vision = {};
  config.image_token = config::kNoImageToken;
  model_ = tiny_model(1, config);
  model_.add_adapter("policy", kSpec, random_key(2, "adapter"));
  save();
  EXPECT_TRUE(load_tensors(path(kFile))
                  .contains("base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight"));
  expect_back();
}

TEST_F(Adapter, TensorsThatDoNotFitAreListedAndNothingIsAdded) {
  save();
  auto tensors = load_tensors(path(kFile));
  const std::string name = tensors.begin()->first;
  tensors[name] = at::zeros({3, 7});
  tensors.erase(std::prev(tensors.end())->first);
  save_tensors(path(kFile), tensors);
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr(name), HasSubstr("got [3, 7]"),
                                        HasSubstr("missing base_model.model")));
}

TEST_F(Adapter, TensorsOfOtherLayersAreNamed) {
  save_renamed("language_model\\.model\\.layers\\.0", "vision_tower.vision_model.encoder.layers.0");
  EXPECT_THAT(refusal(), HasSubstr("'base_model.model.vision_tower"));
  save_tensors(path(kFile), {});
  EXPECT_THAT(refusal(), HasSubstr("got none"));
}

TEST_F(Adapter, ABrokenHeadAddsNothing) {
  save();
  save_tensors(path("a/reward_head.safetensors"), {{"weight", at::zeros({1, 3})}});
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr("reward_head"), HasSubstr("missing bias")));
}

TEST_F(Adapter, AFolderWithoutAdapterSaysSo) {
  EXPECT_THAT(error_text<IoError>([&] { load_adapter(path("none"), model_, "back"); }),
              HasSubstr("adapter_model.safetensors"));
}

TEST_F(Adapter, NamesThatAreUnknownOrTakenAreConfigErrors) {
  save();
  EXPECT_THROW(save_adapter(path("a"), model_, "stranger", "base"), ConfigError);
  EXPECT_THROW(load_adapter(path("a"), model_, "policy"), ConfigError);
  EXPECT_TRUE(model_.has_adapter("policy"));
}

}  // namespace
}  // namespace plumbline::checkpoint
