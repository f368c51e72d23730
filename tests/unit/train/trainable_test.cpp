#include "plumbline/train/trainable.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <limits>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::train {
namespace {

class TrainableTest : public support::Scratch {
 protected:
  // One matrix of ones that trains at a learning rate falling linearly to 0.
  static Trainable make() {
    config::OptimizerConfig c;
    c.lr = 0.1;
    c.schedule = config::Schedule::Linear;
    c.warmup_ratio = 0;
    c.max_grad_norm = 1;
    return Trainable("test", {{"w", at::ones({2, 3})}}, c);
  }
  static at::Tensor& weight(Trainable& t) {
    return const_cast<at::Tensor&>(t.parameters().at("w"));
  }
  static Metrics step(Trainable& t, int64_t number, float gradient) {
    t.zero_grad();
    (weight(t).sum() * gradient).backward();
    return t.step(number, 4, {{"loss", 1}});
  }
};

TEST_F(TrainableTest, StepsAtTheScheduledRateAndReportsTheNormBeforeClipping) {
  Trainable t = make();
  const auto first = step(t, 0, 2), third = step(t, 2, 2);
  EXPECT_NEAR(first.at("grad_norm"), 2 * std::sqrt(6.0), 1e-5);
  EXPECT_NEAR(first.at("lr"), 0.1, 1e-12);
  EXPECT_NEAR(third.at("lr"), 0.05, 1e-12);
  EXPECT_NEAR(weight(t)[0][0].item<double>(), 1 - 0.1 - 0.05, 1e-5);  // AdamW's steps of lr
}

TEST_F(TrainableTest, BadFiguresStopBeforeTheWeightsChange) {
  Trainable t = make();
  t.zero_grad();
  weight(t).sum().backward();
  EXPECT_THROW(t.step(0, 4, {{"loss", std::numeric_limits<double>::quiet_NaN()}}), NumericError);
  EXPECT_THROW(step(t, 0, std::numeric_limits<float>::infinity()), NumericError);
  EXPECT_TRUE(weight(t).detach().equal(at::ones({2, 3})));
}

TEST_F(TrainableTest, ContinuesFromASavedStateBitForBit) {
  Trainable whole = make(), cut = make();
  for (int64_t i = 0; i < 4; ++i) step(whole, i, static_cast<float>(i) - 1.5F);
  for (int64_t i = 0; i < 2; ++i) step(cut, i, static_cast<float>(i) - 1.5F);
  cut.save(folder_);
  Trainable resumed = make();
  resumed.load(folder_);
  for (int64_t i = 2; i < 4; ++i) step(resumed, i, static_cast<float>(i) - 1.5F);
  EXPECT_TRUE(weight(resumed).equal(weight(whole)));
}

TEST_F(TrainableTest, FinishRefusesWeightsThatAreNotFinite) {
  Trainable good = make(), bad = make();
  good.finish();
  EXPECT_FALSE(weight(good).requires_grad());
  weight(bad).detach()[1][1] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(bad.finish(), NumericError);
}

TEST_F(TrainableTest, BfloatWeightsAreSteppedInFp32) {
  config::OptimizerConfig c;
  c.lr = 1e-4;  // far below the distance of bfloat16's numbers near 1
  c.schedule = config::Schedule::Constant;
  c.warmup_ratio = 0;
  at::Tensor w = at::ones({2, 3}, at::kBFloat16);
  Trainable t("test", {{"w", w}}, c);
  for (int64_t i = 0; i < 100; ++i) {
    t.zero_grad();
    for (int portion = 0; portion < 2; ++portion) {
      w.sum().backward();
      t.collect_gradients();
      EXPECT_FALSE(w.grad().defined()) << "taken over";
    }
    const auto metrics = t.step(i, 100, {{"loss", 1}});
    EXPECT_NEAR(metrics.at("grad_norm"), 2 * std::sqrt(6.0), 1e-5);
  }
  // AdamW moves by lr: 100 steps are 0.01, which bfloat16 can show in steps of 0.004.
  EXPECT_NEAR(w[0][0].item<double>(), 1 - 0.01, 0.003);
  t.save(folder_);
  at::Tensor other = at::ones({2, 3}, at::kBFloat16);
  Trainable resumed("test", {{"w", other}}, c);
  resumed.load(folder_);
  EXPECT_TRUE(other.equal(w));
}

TEST_F(TrainableTest, TheAverageIsWhatIsSavedAsAResult) {
  config::OptimizerConfig c;
  c.lr = 0.1;
  c.schedule = config::Schedule::Constant;
  c.warmup_ratio = 0;
  c.ema_decay = 0.5;
  at::Tensor w = at::ones({1, 1});
  Trainable t("test", {{"w", w}}, c);
  for (int64_t i = 0; i < 2; ++i) {
    t.zero_grad();
    w.sum().backward();
    t.step(i, 2, {{"loss", 1}});
  }
  EXPECT_NEAR(w.item<double>(), 0.8, 1e-5);
  const double average = 0.5 * (0.5 * 1 + 0.5 * 0.9) + 0.5 * 0.8;
  t.swap_average();
  EXPECT_NEAR(w.item<double>(), average, 1e-5);
  t.swap_average();
  EXPECT_NEAR(w.item<double>(), 0.8, 1e-5);
  t.save(folder_);
  t.finish();
  EXPECT_NEAR(w.item<double>(), average, 1e-5);
  at::Tensor other = at::ones({1, 1});
  Trainable resumed("test", {{"w", other}}, c);
  resumed.load(folder_);
  resumed.finish();
  EXPECT_NEAR(other.item<double>(), average, 1e-5);
}

TEST_F(TrainableTest, AFactorMultipliesTheLearningRate) {
  config::OptimizerConfig c;
  c.lr = 0.1;
  c.schedule = config::Schedule::Constant;
  c.warmup_ratio = 0;
  at::Tensor a = at::ones({1, 1}), b = at::ones({1, 1});
  Trainable t("test", {{"a", a}, {"b", b}}, c, {{"b", 3}});
  t.zero_grad();
  (a + b).sum().backward();
  t.step(0, 1, {{"loss", 1}});
  EXPECT_NEAR(a.item<double>(), 0.9, 1e-5);
  EXPECT_NEAR(b.item<double>(), 0.7, 1e-5);
}

}  // namespace
}  // namespace plumbline::train
