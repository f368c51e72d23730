// Each formula of rl alone beside float64 numbers from plain loops (tools/golden/ppo_formulas.py).
#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/rl/gae.h"
#include "plumbline/rl/group_advantages.h"
#include "plumbline/rl/kl.h"
#include "plumbline/rl/kl_controller.h"
#include "plumbline/rl/losses.h"
#include "plumbline/rl/reward_terms.h"
#include "plumbline/rl/whiten.h"
#include "tests/support/compare.h"

namespace plumbline::rl {
namespace {

using nlohmann::json;
using support::is_close;

// Results are float32. Where the arguments are, too, differences of log-probabilities lose a digit.
constexpr double kRounding = 2e-7, kFloatArguments = 2e-6, kDoubleRounding = 1e-12;

const json& cases(const char* formula) {
  static const json all = json::parse(read_file("tests/golden/ppo/formulas.json"));
  return all.at(formula);
}

std::vector<double> flat(const json& values) {
  if (values.empty() || !values.front().is_array()) return values.get<std::vector<double>>();
  std::vector<double> all;
  for (const json& row : values) {
    for (const json& value : row) all.push_back(value.get<double>());
  }
  return all;
}

at::Tensor tensor_of(const json& values, at::ScalarType type = at::kDouble) {
  return at::tensor(flat(values), at::kDouble).to(type);
}

tensor::Spans spans_of(const json& rows) {
  tensor::Spans spans;
  for (const json& row : rows) spans.append(std::ssize(row));
  return spans;
}

double number(const json& c, const char* key) {
  return c.at(key).is_null() ? 0 : c.at(key).get<double>();
}

auto near(const json& expected) {
  return testing::Pointwise(testing::DoubleNear(kDoubleRounding), flat(expected));
}

void expect_near(double ours, const json& c, const char* key, double tolerance) {
  EXPECT_NEAR(ours, number(c, key), tolerance * (1 + std::abs(number(c, key)))) << key;
}

double tolerance_of(at::ScalarType type) {
  return type == at::kFloat ? kFloatArguments : kRounding;
}

// Equal weights of a minibatch of these positions alone. What a weighted sum's derivative by its
// weights is, are the losses of each position.
at::Tensor equal_weights(int64_t size) {
  const auto count = static_cast<double>(size);
  return position_weights(tensor::Spans::from_lengths({size}), /*by_answer=*/false, count, 1)
      .requires_grad_(true);
}

TEST(GoldenFormulas, Gae) {
  for (const json& c : cases("gae")) {
    const auto result = gae(tensor_of(c.at("rewards")), tensor_of(c.at("values")),
                            spans_of(c.at("rewards")), number(c, "gamma"), number(c, "lambda"));
    EXPECT_TRUE(is_close(result.advantages, tensor_of(c.at("advantages")), kRounding));
    EXPECT_TRUE(is_close(result.returns, tensor_of(c.at("returns")), kRounding));
  }
}

TEST(GoldenFormulas, Whiten) {
  for (const json& c : cases("whiten")) {
    const at::Tensor values = tensor_of(c.at("values")), expected = tensor_of(c.at("whitened"));
    const Moments of_all = moments(values);
    expect_near(of_all.mean, c, "mean", kDoubleRounding);
    expect_near(of_all.deviation(), c, "std", kDoubleRounding);
    EXPECT_TRUE(is_close(whiten(values, of_all), expected, kRounding));
    EXPECT_TRUE(is_close(scale_to_one(values, of_all), expected + number(c, "mean"), kRounding));
    const auto as_vector = flat(c.at("values"));
    EXPECT_THAT(whiten(as_vector, moments(as_vector)), near(c.at("whitened")));
  }
}

TEST(GoldenFormulas, Kl) {
  const std::pair<const char*, KlEstimator> estimators[] = {{"k1", KlEstimator::K1},
                                                            {"k1_clamped", KlEstimator::K1Clamped},
                                                            {"k2", KlEstimator::K2},
                                                            {"k3", KlEstimator::K3}};
  for (const json& c : cases("kl")) {
    for (const auto type : {at::kDouble, at::kFloat}) {
      const at::Tensor ref = tensor_of(c.at("ref_logprobs"), type);
      const at::Tensor logprobs = tensor_of(c.at("logprobs"), type).requires_grad_(true);
      for (const auto& [key, estimator] : estimators) {
        EXPECT_TRUE(is_close(kl_per_token(logprobs, ref, estimator), tensor_of(c.at(key)),
                             tolerance_of(type)))
            << key;
      }
      kl_per_token(logprobs, ref, KlEstimator::K3).sum().backward();
      EXPECT_TRUE(is_close(logprobs.grad(), tensor_of(c.at("k3_gradients")), tolerance_of(type)));
    }
  }
}

void expect_policy_loss(const json& c, at::ScalarType type) {
  const double tolerance = tolerance_of(type);
  const at::Tensor logprobs = tensor_of(c.at("logprobs"), type).requires_grad_(true);
  const at::Tensor expected = tensor_of(c.at("losses")), weights = equal_weights(expected.numel());
  const auto [loss, stats] = policy_loss(
      logprobs, tensor_of(c.at("old_logprobs"), type), tensor_of(c.at("advantages"), type), weights,
      {.range = number(c, "clip_range"), .dual = number(c, "dual_clip")});
  loss.backward();
  EXPECT_TRUE(is_close(loss, expected.mean(), tolerance));
  EXPECT_TRUE(is_close(weights.grad(), expected, tolerance));
  const auto count = static_cast<double>(expected.numel());
  EXPECT_TRUE(is_close(logprobs.grad() * count, tensor_of(c.at("gradients")), tolerance));
  expect_near(stats.clip_fraction, c, "outside_fraction", tolerance);
  expect_near(stats.approx_kl, c, "approx_kl", tolerance);
  expect_near(stats.ratio_mean, c, "ratio_mean", tolerance);
}

TEST(GoldenFormulas, PolicyLoss) {
  int64_t with_dual_clip = 0;
  for (const json& c : cases("policy_loss")) {
    for (const auto type : {at::kDouble, at::kFloat}) expect_policy_loss(c, type);
    if (number(c, "dual_clip_fraction") > 0) ++with_dual_clip;
  }
  EXPECT_GT(with_dual_clip, 0);
}

TEST(GoldenFormulas, ValueLoss) {
  for (const json& c : cases("value_loss")) {
    for (const auto type : {at::kDouble, at::kFloat}) {
      const double tolerance = tolerance_of(type);
      const at::Tensor values = tensor_of(c.at("values"), type).requires_grad_(true);
      const at::Tensor returns = tensor_of(c.at("returns"), type);
      const at::Tensor expected = tensor_of(c.at("losses"));
      const at::Tensor weights = equal_weights(expected.numel());
      const auto [loss, stats] = value_loss(values, tensor_of(c.at("old_values"), type), returns,
                                            weights, number(c, "clip_range"));
      loss.backward();
      EXPECT_TRUE(is_close(loss, expected.mean(), tolerance));
      EXPECT_TRUE(is_close(weights.grad(), expected, tolerance));
      const auto count = static_cast<double>(expected.numel());
      EXPECT_TRUE(is_close(values.grad() * count, tensor_of(c.at("gradients")), tolerance));
      expect_near(stats.clip_fraction, c, "clip_fraction", tolerance);
      EXPECT_NEAR(stats.error, (values - returns).square().mean().item<double>(), tolerance);
    }
  }
}

TEST(GoldenFormulas, MeansOfTokensAndOfSequences) {
  for (const json& c : cases("means")) {
    const auto spans = spans_of(c.at("values"));
    const auto mean = [&](bool by_answer) {
      const at::Tensor weights = position_weights(
          spans, by_answer, static_cast<double>(spans.total()), static_cast<double>(spans.size()));
      return (tensor_of(c.at("values")) * weights).sum().item<double>();
    };
    expect_near(mean(false), c, "token_mean", kRounding);
    expect_near(mean(true), c, "sequence_mean", kRounding);
  }
}

TEST(GoldenFormulas, RlooAndGrpo) {
  for (const auto& [key, estimator] : {std::pair("rloo", &rloo), std::pair("grpo", &grpo)}) {
    for (const json& c : cases(key)) {
      const auto group_size = std::ssize(c.at("rewards").front());
      EXPECT_THAT(estimator(flat(c.at("rewards")), group_size), near(c.at("advantages"))) << key;
    }
  }
}

TEST(GoldenFormulas, ReinforcePp) {
  for (const json& c : cases("reinforce_pp")) {
    const auto answers = spans_of(c.at("kl"));
    const at::Tensor shaped = shape_rewards(flat(c.at("rewards")), tensor_of(c.at("kl")), answers,
                                            number(c, "kl_coef"), /*scale=*/1);
    EXPECT_TRUE(is_close(shaped, tensor_of(c.at("shaped_rewards")), kRounding));
    const at::Tensor to_go = rewards_to_go(shaped, answers, number(c, "gamma"));
    EXPECT_TRUE(is_close(to_go, tensor_of(c.at("rewards_to_go")), kRounding));
    EXPECT_TRUE(is_close(whiten(to_go, moments(to_go)), tensor_of(c.at("advantages")), 1e-6));
  }
}

TEST(GoldenFormulas, AdaptiveKl) {
  for (const json& c : cases("adaptive_kl")) {
    const auto controller = make_kl_controller(/*is_adaptive=*/true, number(c, "coefficient"),
                                               number(c, "target"), number(c, "horizon"));
    for (const json& update : c.at("updates")) {
      controller->update(number(update, "kl"), update.at("num_sequences").get<int64_t>());
      expect_near(controller->coefficient(), update, "coefficient", kDoubleRounding);
    }
  }
}

TEST(GoldenFormulas, RunningMoments) {
  for (const json& c : cases("running_moments")) {
    Moments seen;
    for (size_t i = 0; i < c.at("batches").size(); ++i) {
      const json& after = c.at("after").at(i);
      const auto batch = flat(c.at("batches").at(i));
      seen = merge(seen, moments(batch));
      EXPECT_EQ(seen.count, number(after, "count"));
      expect_near(seen.mean, after, "mean", kDoubleRounding);
      expect_near(seen.squares, after, "squares", kDoubleRounding);
      expect_near(seen.deviation(), after, "std", kDoubleRounding);
      EXPECT_THAT(whiten(batch, seen), near(after.at("normalised")));
      // A deviation alone: nothing is shifted.
      EXPECT_THAT(whiten(batch, {.count = seen.count, .squares = seen.squares}),
                  near(after.at("scaled")));
    }
  }
}

}  // namespace
}  // namespace plumbline::rl
