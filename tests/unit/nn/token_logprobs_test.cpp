#include "plumbline/nn/token_logprobs.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <functional>

#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

struct Inputs {
  at::Tensor hidden, weight, targets;
};

Inputs inputs() {
  at::Tensor h = at::sin(at::arange(7 * 5, at::kFloat)).view({7, 5}).clone().requires_grad_(true);
  at::Tensor w =
      at::cos(at::arange(11 * 5, at::kFloat) * 1.7).view({11, 5}).clone().requires_grad_(true);
  return {h, w, at::tensor({0, 10, 3, 3, 7, 1, 5}, at::kLong)};
}

// What the function should be, by autograd over all logits at once.
TokenLogprobs plain(const Inputs& in, double temperature) {
  const at::Tensor all = at::log_softmax(at::linear(in.hidden, in.weight) / temperature, -1);
  return {all.gather(1, in.targets.unsqueeze(1)).squeeze(1), -(all.exp() * all).sum(-1)};
}

at::Tensor some_loss(const TokenLogprobs& r) {
  const at::Tensor weights = at::linspace(-1, 2, 7);
  return (r.logprobs * weights).sum() + 0.3 * (r.entropy * weights.flip(0)).sum();
}

TEST(TokenLogprobs, EqualPlainAutogradInChunksOfAnySize) {
  for (const double temperature : {1.0, 0.7}) {
    Inputs expected = inputs();
    const auto reference = plain(expected, temperature);
    some_loss(reference).backward();
    for (const int64_t chunk : {1, 3, 7, 100}) {
      Inputs in = inputs();
      const auto result = token_logprobs(in.hidden, in.weight, in.targets, temperature, chunk);
      some_loss(result).backward();
      EXPECT_TRUE(at::allclose(result.logprobs, reference.logprobs, 1e-5, 1e-6));
      EXPECT_TRUE(at::allclose(result.entropy, reference.entropy, 1e-5, 1e-6));
      EXPECT_TRUE(at::allclose(in.hidden.grad(), expected.hidden.grad(), 1e-4, 1e-6));
      EXPECT_TRUE(at::allclose(in.weight.grad(), expected.weight.grad(), 1e-4, 1e-6));
    }
  }
}

TEST(TokenLogprobs, OnlyLogprobsAreUsed) {
  Inputs in = inputs(), expected = inputs();
  token_logprobs(in.hidden, in.weight.detach(), in.targets).logprobs.sum().backward();
  plain(expected, 1).logprobs.sum().backward();
  EXPECT_TRUE(at::allclose(in.hidden.grad(), expected.hidden.grad(), 1e-4, 1e-6));
  EXPECT_FALSE(in.weight.grad().defined());
}

// Losses as the stages have them: a mean, a weight for each row, entropies alone.
TEST(TokenLogprobs, EveryKindOfGradientIsRight) {
  const at::Tensor weights = at::linspace(-1, 2, 7);
  const std::vector<std::function<at::Tensor(const TokenLogprobs&)>> losses = {
      [](const TokenLogprobs& r) { return -r.logprobs.sum() / 5; },
      [&](const TokenLogprobs& r) { return (r.logprobs * weights).sum(); },
      [&](const TokenLogprobs& r) { return (r.entropy * weights).sum(); }};
  for (const auto& loss : losses) {
    for (const double temperature : {1.0, 0.7}) {
      Inputs in = inputs(), expected = inputs();
      loss(token_logprobs(in.hidden, in.weight, in.targets, temperature, 3)).backward();
      loss(plain(expected, temperature)).backward();
      EXPECT_TRUE(at::allclose(in.hidden.grad(), expected.hidden.grad(), 1e-4, 1e-6));
      EXPECT_TRUE(at::allclose(in.weight.grad(), expected.weight.grad(), 1e-4, 1e-6));
    }
  }
}

TEST(TokenLogprobs, Bfloat16IsAsExactAsItsLogits) {
  const at::Tensor hidden = at::sin(at::arange(9 * 32, at::kFloat)).view({9, 32});
  const at::Tensor weight = at::cos(at::arange(1003 * 32, at::kFloat) * 1.7).view({1003, 32});
  const at::Tensor targets = at::arange(9) * 100;
  at::Tensor h = hidden.to(at::kBFloat16).requires_grad_(true);
  at::Tensor w = weight.to(at::kBFloat16).requires_grad_(true);
  const auto result = token_logprobs(h, w, targets);
  const at::Tensor exact_h = h.detach().to(at::kDouble).requires_grad_(true);
  const at::Tensor exact_w = w.detach().to(at::kDouble).requires_grad_(true);
  const at::Tensor all = at::log_softmax(at::linear(exact_h, exact_w), -1);
  const at::Tensor logprobs = all.gather(1, targets.unsqueeze(1)).squeeze(1);
  EXPECT_TRUE(at::allclose(result.logprobs.to(at::kDouble), logprobs, 0, 0.04));
  EXPECT_TRUE(at::allclose(result.entropy.to(at::kDouble), -(all.exp() * all).sum(-1), 0, 0.04));
  result.logprobs.sum().backward();
  logprobs.sum().backward();
  const auto relative = [](const at::Tensor& a, const at::Tensor& b) {
    return ((a.to(at::kDouble) - b).norm() / b.norm()).item<double>();
  };
  EXPECT_LT(relative(h.grad(), exact_h.grad()), 0.02);
  EXPECT_LT(relative(w.grad(), exact_w.grad()), 0.02);
}

TEST(TokenLogprobs, RefuseShapesThatDisagree) {
  const Inputs in = inputs();
  EXPECT_THROW(token_logprobs(in.hidden, in.weight, in.targets.slice(0, 1)), InternalError);
  EXPECT_THROW(token_logprobs(in.hidden, in.weight, in.targets, 0), InternalError);
}

}  // namespace
}  // namespace plumbline::nn
