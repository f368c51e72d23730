// Training runs beside the same ones made with transformers and peft
// (tools/golden/make_training.py).
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/config/config.h"
#include "plumbline/formats/metrics_lines.h"
#include "plumbline/recipes/stages.h"
#include "tests/golden/names.h"
#include "tests/support/compare.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;

const fs::path kTraining = "tests/golden/training";
// The reference's own rounding is 1.3e-6 of losses, 2e-6 of weights (expected.json).
constexpr double kLossTolerance = 1e-5, kWeightTolerance = 2e-5;

class GoldenTraining : public testing::TestWithParam<const char*> {
 protected:
  // Runs sft with the settings of expected.json; `more` are further ones.
  void train(const std::vector<std::string>& more = {}) {
    set_log_level(LogLevel::Warning);
    auto sets = expected_.at("settings").get<std::vector<std::string>>();
    sets.push_back("run.out=" + (scratch_ / "run"));
    sets.insert(sets.end(), more.begin(), more.end());
    recipes::sft({.loaded = config::load(std::nullopt, sets)});
  }
  // The largest difference of a figure over all steps, relative where `is_relative`.
  double worst(const char* figure, const char* key, bool is_relative) const {
    const auto entries = formats::read_metrics(scratch_.path() / "run/metrics.jsonl");
    const auto& numbers = expected_.at(key);
    EXPECT_EQ(entries.size(), numbers.size());
    double largest = 0;
    for (size_t i = 0; i < std::min(entries.size(), numbers.size()); ++i) {
      const double wanted = numbers[i].get<double>();
      const double difference = std::abs(entries[i].metrics.at(figure) - wanted);
      largest = support::larger(largest, difference / (is_relative ? std::abs(wanted) : 1));
    }
    return largest;
  }
  // The trained tensors that the run has written and the reference's, in pairs of equal shape. A
  // large matrix of the reference holds every eighth row.
  static void expect_close(const at::Tensor& ours, const at::Tensor& theirs,
                           const std::string& name) {
    const bool is_part = ours.dim() == 2 && ours.size(0) != theirs.size(0);
    EXPECT_TRUE(support::is_close(is_part ? ours.slice(0, 0, std::nullopt, 8) : ours, theirs,
                                  kWeightTolerance))
        << name;
  }

  const fs::path run_ = kTraining / GetParam();
  const json expected_ = json::parse(read_file(run_ / "expected.json"));
  const support::ScratchFolder scratch_;
};

TEST_P(GoldenTraining, LossesNormsRatesAndWeightsAgree) {
  train();
  EXPECT_LT(worst("loss", "losses", false), kLossTolerance);
  EXPECT_LT(worst("grad_norm", "grad_norms", true), kLossTolerance);
  EXPECT_LT(worst("lr", "learning_rates", false), 1e-12);
  EXPECT_EQ(worst("answer_tokens", "answer_tokens", false), 0);
  const bool is_adapter = fs::exists(run_ / "final");
  const auto ours =
      checkpoint::load_tensors(scratch_ / (is_adapter ? "run/adapter/adapter_model.safetensors"
                                                      : "run/model/model.safetensors"));
  const auto theirs = checkpoint::load_tensors(
      (is_adapter ? run_ / "final/adapter_model.safetensors" : run_ / "final.safetensors")
          .string());
  EXPECT_GT(theirs.size(), 3U);
  for (const auto& [name, tensor] : theirs) {
    // Their gradient is zero but for rounding, which AdamW makes as large as any other.
    if (name.ends_with("self_attn.k_proj.bias")) continue;
    const auto found = ours.find(is_adapter ? classic(name) : name);
    ASSERT_NE(found, ours.end()) << name;
    expect_close(found->second, tensor, name);
  }
}

INSTANTIATE_TEST_SUITE_P(Runs, GoldenTraining,
                         testing::Values("full", "full_tower", "projector", "projector_lr", "lora",
                                         "rslora", "dora", "qlora"),
                         [](const auto& run) { return std::string(run.param); });

using GoldenLora = GoldenTraining;

// A comparison that cannot fail would prove nothing.
TEST_P(GoldenLora, AnotherSettingIsSeen) {
  train({"optimizer.lr=0.00101"});
  EXPECT_LT(worst("loss", "losses", false), 1e-1);
  const auto ours = checkpoint::load_tensors(scratch_ / "run/adapter/adapter_model.safetensors");
  const auto theirs = checkpoint::load_tensors((run_ / "final/adapter_model.safetensors").string());
  double largest = 0;
  for (const auto& [name, tensor] : theirs) {
    largest = std::max(largest, (ours.at(classic(name)) - tensor).abs().max().item<double>());
  }
  EXPECT_GT(largest, kWeightTolerance);
}

// One way to compute a step is as good as another.
TEST_P(GoldenLora, PortionsRecomputationAndCachedFeaturesChangeNothing) {
  for (const std::vector<std::string>& more : {std::vector<std::string>{"sft.micro_tokens=1"},
                                               {"sft.micro_tokens=600"},
                                               {"run.activation_checkpointing=true"},
                                               {"data.feature_cache=" + (scratch_ / "cache")},
                                               {"data.feature_cache=" + (scratch_ / "cache")}}) {
    fs::remove_all(scratch_.path() / "run");
    train(more);
    EXPECT_LT(worst("loss", "losses", false), kLossTolerance) << more[0];
    EXPECT_LT(worst("grad_norm", "grad_norms", true), kLossTolerance) << more[0];
  }
}

INSTANTIATE_TEST_SUITE_P(Runs, GoldenLora, testing::Values("lora"));

}  // namespace
}  // namespace plumbline
