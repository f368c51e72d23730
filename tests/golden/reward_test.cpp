// The reward model beside the same one made with transformers and peft, where every answer is a
// sequence of its own (tools/golden/make_reward.py).
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/config/config.h"
#include "plumbline/data/comparison.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/engine/reward_input.h"
#include "plumbline/engine/roles.h"
#include "plumbline/formats/metrics_lines.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/rl/preference.h"
#include "plumbline/text/reward_prompt.h"
#include "tests/golden/names.h"
#include "tests/support/compare.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;

const fs::path kReward = "tests/golden/reward", kTraining = "tests/golden/training";
// The reference's own rounding is 2e-6 of gradients, 5e-7 of losses (its files tell).
constexpr double kTolerance = 1e-5, kWeightTolerance = 2e-5;

json read_json(const fs::path& file) { return json::parse(read_file(file)); }

// The model with the adapter and head that everything starts from, and the comparisons.
class GoldenReward : public testing::Test {
 protected:
  GoldenReward()
      : assistant_(engine::load_assistant((kTraining / "base").string(), "vicuna_v1", at::kFloat,
                                          at::kCPU)),
        store_(assistant_.preprocess, (kTraining / "images").string()) {
    checkpoint::load_adapter((kReward / "start").string(), assistant_.model, engine::kReward);
    for (auto& record : data::read_comparisons((kReward / "comparisons.json").string(),
                                               (kTraining / "images").string())) {
      store_.prepare(assistant_.model, record.images);
      records_.emplace(record.id, std::move(record));
    }
  }

  // Both sequences of a comparison; its facts stand in the file's order.
  std::vector<text::TokenIds> sequences(const data::Comparison& record, const std::string& words,
                                        bool has_facts) const {
    engine::RewardInput input(text::load_reward_template((kReward / (words + ".toml")).string()),
                              {.has_facts = has_facts});
    const auto request = engine::fact_request(record);
    input.read_facts((kReward / "facts.json").string(), {request});
    const auto facts = has_facts ? input.facts_of(request) : std::vector<std::string>();
    std::vector<text::TokenIds> both;
    for (const std::string& answer : {record.output_1, record.output_2}) {
      both.push_back(
          input.encode(assistant_.tokenizer, assistant_.format, record.turns, answer, facts).ids);
    }
    return both;
  }

  // Scores [P, 2] of pairs in one batch that runs what their answers share once.
  at::Tensor scores(const std::vector<engine::Branches>& pairs) {
    const model::AdapterScope scope(assistant_.model, engine::kReward);
    std::vector<const engine::Branches*> groups;
    for (const auto& pair : pairs) groups.push_back(&pair);
    return engine::last_row_scores(assistant_.model, engine::make_batch(groups, store_, at::kCPU),
                                   engine::kReward)
        .view({-1, 2});
  }

  engine::Assistant assistant_;
  engine::FeatureStore store_;
  std::map<std::string, data::Comparison> records_;
};

TEST_F(GoldenReward, TokensAndScoresAgree) {
  const json all = read_json(kReward / "encoded.json");
  ASSERT_GT(all.size(), 10U);
  double worst = 0;
  size_t shared = 0, total = 0;
  for (const json& one : all) {
    const auto& record = records_.at(one.at("id"));
    const auto both = sequences(record, one.at("template"), one.at("facts"));
    ASSERT_EQ(both, one.at("ids").get<std::vector<text::TokenIds>>()) << one.at("id");
    const auto pair = engine::branches_of(both, record.images);
    const at::Tensor found = scores({pair})[0];
    for (int64_t side = 0; side < 2; ++side) {
      const double wanted = one.at("scores")[static_cast<size_t>(side)].get<double>();
      worst = support::larger(worst, std::abs(found[side].item<double>() - wanted));
    }
    shared += pair.beginning.size();
    total += both[0].size() + both[1].size();
  }
  EXPECT_LT(worst, kTolerance);
  EXPECT_GT(shared, total / 5) << "which is run once";
}

// Loss and gradients of all pairs of a case.
TEST_F(GoldenReward, LossesAndGradientsAgree) {
  auto parameters = assistant_.model.adapter_parameters(engine::kReward);
  for (auto& [name, tensor] : assistant_.model.head_parameters(engine::kReward)) {
    parameters.emplace("reward_head." + name, tensor);
  }
  for (auto& [name, tensor] : parameters) tensor.requires_grad_(true);
  const json cases = read_json(kReward / "losses.json");
  for (const auto& [name, wanted] : cases.items()) {
    SCOPED_TRACE(name);
    const auto c = config::load(std::nullopt, wanted.at("settings").get<std::vector<std::string>>())
                       .config.reward;
    const auto weights = data::weights_of(c);
    std::vector<engine::Branches> pairs;
    std::vector<double> first, weight, margin;
    for (const json& id : wanted.at("pairs")) {
      const auto& record = records_.at(id);
      pairs.push_back(engine::branches_of(sequences(record, "turn", true), record.images));
      const auto target = data::target_of(record, weights);
      first.push_back(target.first);
      weight.push_back(target.weight);
      margin.push_back(record.margin.value_or(c.margin));
    }
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_NEAR(first[i], wanted.at("first")[i].get<double>(), 1e-8);
      EXPECT_NEAR(weight[i], wanted.at("weight")[i].get<double>(), 1e-8);
      EXPECT_NEAR(margin[i], wanted.at("margin")[i].get<double>(), 1e-8);
    }
    for (auto& [key, tensor] : parameters) tensor.mutable_grad() = at::Tensor();
    const at::Tensor found = scores(pairs), a = found.select(1, 0), b = found.select(1, 1);
    const rl::PairTargets targets{.first = at::tensor(first).to(at::kFloat),
                                  .weight = at::tensor(weight).to(at::kFloat),
                                  .margin = at::tensor(margin).to(at::kFloat)};
    const at::Tensor centre = c.centring == config::Centring::Squared ? rl::squared_centre(a, b)
                                                                      : rl::absolute_centre(a, b);
    const at::Tensor loss =
        rl::pair_loss_sum(a, b, targets, c.label_smoothing) / targets.weight.sum() +
        c.center_coef * centre;
    EXPECT_NEAR(loss.item<double>(), wanted.at("loss").get<double>(), kTolerance);
    loss.backward();
    size_t compared = 0;
    for (const auto& [key, gradient] : wanted.at("gradients").items()) {
      const at::Tensor own = parameters.at(classic(key)).grad().flatten();
      const double norm = gradient.at("norm").get<double>();
      EXPECT_NEAR(own.norm().item<double>(), norm, kTolerance * std::max(1.0, norm)) << key;
      for (const json& sample : gradient.at("samples")) {
        EXPECT_NEAR(own[sample[0].get<int64_t>()].item<double>(), sample[1].get<double>(),
                    kTolerance)
            << key;
        ++compared;
      }
    }
    EXPECT_GT(compared, 50U);
  }
}

class GoldenRewardRun : public testing::TestWithParam<const char*> {
 protected:
  void train(const std::vector<std::string>& more = {}) {
    set_log_level(LogLevel::Warning);
    fs::remove_all(scratch_.path() / "run");
    auto sets = expected_.at("settings").get<std::vector<std::string>>();
    sets.push_back("model.adapter=" + (kReward / "start").string());
    sets.push_back("run.out=" + (scratch_ / "run"));
    sets.insert(sets.end(), more.begin(), more.end());
    recipes::reward({.loaded = config::load(std::nullopt, sets)});
  }
  // The largest difference of a figure over all steps, relative where `is_relative`.
  double worst(const char* figure, const char* key, bool is_relative = false) const {
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
  double worst_weight() const {
    double largest = 0;
    for (const char* file : {"adapter_model.safetensors", "reward_head.safetensors"}) {
      const auto ours = checkpoint::load_tensors(scratch_ / (std::string("run/adapter/") + file));
      for (const auto& [name, tensor] :
           checkpoint::load_tensors((run_ / "final" / file).string())) {
        largest =
            support::larger(largest, (ours.at(classic(name)) - tensor).abs().max().item<double>());
      }
    }
    return largest;
  }

  const fs::path run_ = kReward / GetParam();
  const json expected_ = read_json(run_ / "expected.json");
  const support::ScratchFolder scratch_;
};

TEST_P(GoldenRewardRun, FiguresAndWeightsAgree) {
  train();
  EXPECT_LT(worst("loss", "losses"), kTolerance);
  EXPECT_LT(worst("grad_norm", "grad_norms", true), kTolerance);
  EXPECT_LT(worst("lr", "learning_rates"), 1e-12);
  EXPECT_LT(worst("accuracy", "accuracies"), 1e-12);
  EXPECT_LT(worst("score_gap", "score_gaps"), 2e-5);
  EXPECT_LT(worst("mean_score", "mean_scores"), 2e-5);
  EXPECT_LT(worst("score_std", "score_stds"), 2e-5);
  EXPECT_LT(worst("first_share", "first_shares"), 1e-12);
  const auto last = formats::read_metrics(scratch_.path() / "run/metrics.jsonl").back().metrics;
  for (const auto& [name, value] : expected_.at("held_out").items()) {
    EXPECT_NEAR(last.at("eval/" + name), value.get<double>(), 2e-5) << name;
  }
  EXPECT_LT(worst_weight(), kWeightTolerance);
}

TEST_P(GoldenRewardRun, AnotherSettingIsSeen) {
  train({"optimizer.lr=0.00101"});
  EXPECT_GT(worst_weight(), kWeightTolerance);
  train({"reward.label_smoothing=0.15"});
  EXPECT_GT(worst("loss", "losses"), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Runs, GoldenRewardRun, testing::Values("plain", "votes"),
                         [](const auto& run) { return std::string(run.param); });

// Portions change nothing where the centring is a mean of squares.
using GoldenSquared = GoldenRewardRun;
TEST_P(GoldenSquared, PortionsAndRecomputationChangeNothing) {
  for (const std::vector<std::string>& more : {std::vector<std::string>{"reward.micro_tokens=1"},
                                               {"reward.micro_tokens=500"},
                                               {"run.activation_checkpointing=true"}}) {
    train(more);
    EXPECT_LT(worst("loss", "losses"), kTolerance) << more[0];
    EXPECT_LT(worst("grad_norm", "grad_norms", true), kTolerance) << more[0];
    EXPECT_LT(worst_weight(), kWeightTolerance) << more[0];
  }
}

INSTANTIATE_TEST_SUITE_P(Runs, GoldenSquared, testing::Values("votes"));

}  // namespace
}  // namespace plumbline
