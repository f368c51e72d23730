#include "plumbline/train/adamw.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "plumbline/base/error.h"

namespace plumbline::train {
namespace {

at::Tensor leaf(std::vector<float> values) {
  return at::tensor(values).view({1, -1}).requires_grad_(true);
}

void set_grad(at::Tensor& parameter, std::vector<float> values) {
  parameter.mutable_grad() = at::tensor(values).view_as(parameter);
}

// The paper's algorithm 2, in double.
TEST(AdamW, EqualsTheAlgorithm) {
  at::Tensor p = leaf({1.0F, -2.0F});
  AdamW optimizer({{"p", p}}, {.beta1 = 0.8, .beta2 = 0.9, .eps = 1e-6, .weight_decay = 0.1});
  double x[2] = {1, -2}, m[2] = {}, v[2] = {};
  for (int t = 1; t <= 3; ++t) {
    const float g[2] = {0.3F * static_cast<float>(t), -0.7F};
    set_grad(p, {g[0], g[1]});
    optimizer.step(0.01);
    const double lr = 0.01;
    for (int i = 0; i < 2; ++i) {
      m[i] = 0.8 * m[i] + 0.2 * g[i];
      v[i] = 0.9 * v[i] + 0.1 * g[i] * g[i];
      x[i] -= lr * 0.1 * x[i];
      x[i] -=
          lr * (m[i] / (1 - std::pow(0.8, t))) / (std::sqrt(v[i] / (1 - std::pow(0.9, t))) + 1e-6);
    }
  }
  EXPECT_NEAR(p[0][0].item<double>(), x[0], 1e-6);
  EXPECT_NEAR(p[0][1].item<double>(), x[1], 1e-6);
}

TEST(AdamW, DecaysMatricesOnly) {
  at::Tensor matrix = leaf({1.0F}), vector = at::tensor({1.0F}).requires_grad_(true);
  AdamW optimizer({{"m", matrix}, {"v", vector}}, {.weight_decay = 0.5});
  set_grad(matrix, {0.0F});
  set_grad(vector, {0.0F});
  optimizer.step(0.1);
  EXPECT_NEAR(matrix.item<double>(), 0.95, 1e-6);
  EXPECT_EQ(vector.item<double>(), 1);
}

TEST(AdamW, ClipsTheGlobalNorm) {
  at::Tensor a = leaf({0.0F}), b = leaf({0.0F});
  AdamW optimizer({{"a", a}, {"b", b}}, {});
  set_grad(a, {3.0F});
  set_grad(b, {4.0F});
  EXPECT_NEAR(optimizer.clip_gradients(10), 5, 1e-6);
  EXPECT_NEAR(a.grad().item<double>(), 3, 1e-6);
  EXPECT_NEAR(optimizer.clip_gradients(1), 5, 1e-6);
  EXPECT_NEAR(b.grad().item<double>(), 0.8, 1e-6);
  set_grad(a, {std::numeric_limits<float>::quiet_NaN()});
  EXPECT_TRUE(std::isnan(optimizer.clip_gradients(1)));
}

// A gradient of zeros would move it by what its moments remember; a resumed run has no gradient.
TEST(AdamW, AParameterThatAStepDoesNotUseStaysWhereItIs) {
  at::Tensor p = leaf({1.0F});
  AdamW optimizer({{"p", p}}, {});
  set_grad(p, {1.0F});
  optimizer.step(0.1);
  const double after_one = p.item<double>();
  EXPECT_NE(after_one, 1);
  optimizer.zero_grad();
  optimizer.step(0.1);
  EXPECT_EQ(p.item<double>(), after_one);
}

TEST(AdamW, LeavesParametersWithoutGradientAlone) {
  at::Tensor used = leaf({1.0F}), unused = leaf({1.0F});
  AdamW optimizer({{"used", used}, {"unused", unused}}, {.weight_decay = 0.1});
  set_grad(used, {1.0F});
  optimizer.step(0.1);
  EXPECT_EQ(unused.item<double>(), 1);
  EXPECT_NE(used.item<double>(), 1);
  EXPECT_EQ(optimizer.state().at("steps.unused").item<double>(), 0);
}

TEST(AdamW, ContinuesFromItsStateBitForBit) {
  at::Tensor a = leaf({1.0F, 2.0F}), b = leaf({1.0F, 2.0F});
  AdamW whole({{"p", a}}, {}), first({{"p", b}}, {});
  const auto step = [](AdamW& optimizer, at::Tensor& p, float g) {
    set_grad(p, {g, -g});
    optimizer.step(0.01);
  };
  for (const float g : {0.5F, 1.5F, -1.0F, 0.25F}) step(whole, a, g);
  step(first, b, 0.5F);
  step(first, b, 1.5F);
  nn::Parameters saved;
  for (const auto& [name, tensor] : first.state()) saved.emplace(name, tensor.clone());
  AdamW second({{"p", b}}, {});
  second.load_state(saved);
  step(second, b, -1.0F);
  step(second, b, 0.25F);
  EXPECT_TRUE(a.equal(b));
  saved.erase("mean.p");
  EXPECT_THROW(second.load_state(saved), CheckpointError);
}

TEST(AdamW, NormsOfLargeGradientsAreExact) {
  nn::Parameters parameters{{"w", at::zeros({4096, 2048}).requires_grad_(true)}};
  AdamW optimizer(parameters, {});
  parameters.at("w").mutable_grad() = at::full({4096, 2048}, 1e-3F);
  const double expected = std::sqrt(4096.0 * 2048.0) * static_cast<double>(1e-3F);
  EXPECT_NEAR(optimizer.clip_gradients(0) / expected, 1, 1e-5);
}

}  // namespace
}  // namespace plumbline::train
