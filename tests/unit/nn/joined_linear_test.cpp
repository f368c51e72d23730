#include "plumbline/nn/joined_linear.h"

#include "compare.h"

namespace plumbline::nn {
namespace {

// y for leaves {x, w1, bias1, a1, b1, w2}: the first layer has an adapter, the second none.
at::Tensor joined(const std::vector<at::Tensor>& in, const std::string& active) {
  Linear first{.weight = in[1], .bias = in[2]};
  first.adapters["tuned"] = {.a = in[3], .b = in[4], .scale = 0.5};
  const Linear second{.weight = in[5]};
  AdapterSelection selection{.active = active};
  return at::cat(joined_linear({&first, &second}, in[0], {}, selection), -1);
}

at::Tensor separate(const std::vector<at::Tensor>& in, bool with_adapter) {
  at::Tensor first = at::linear(in[0], in[1], in[2]);
  if (with_adapter) first = first + 0.5 * in[0].matmul(in[3].t()).matmul(in[4].t());
  return at::cat({first, at::linear(in[0], in[5])}, -1);
}

std::vector<at::Tensor> leaves(std::vector<int64_t> x_shape) {
  return {random_tensor(std::move(x_shape), "x"),
          random_tensor({6, 10}, "w1"),
          random_tensor({6}, "bias"),
          random_tensor({3, 10}, "a"),
          random_tensor({6, 3}, "b"),
          random_tensor({4, 10}, "w2")};
}

TEST(JoinedLinear, EqualsPlainOperatorsWithGradients) {
  expect_same([](const auto& in) { return joined(in, "tuned"); },
              [](const auto& in) { return separate(in, true); }, leaves({7, 10}));
}

TEST(JoinedLinear, OneLayerOfTwoMayBeUnused) {
  auto in = leaves({5, 10});
  for (at::Tensor& leaf : in) leaf.requires_grad_(true);
  joined(in, "tuned").narrow(1, 0, 6).sum().backward();
  EXPECT_TRUE(
      is_close(in[0].grad(), (in[1] + 0.5 * in[4].matmul(in[3])).sum(0).expand({5, 10}).detach()));
}

TEST(JoinedLinear, PlainBaseIgnoresTheAdapter) {
  const auto in = leaves({5, 10});
  EXPECT_TRUE(is_close(joined(in, ""), separate(in, false)));
  EXPECT_TRUE(is_close(joined(in, "other"), separate(in, false)));
}

TEST(JoinedLinear, FrozenWeightsGetNoGradient) {
  auto in = leaves({5, 10});
  in[3].requires_grad_(true);
  in[4].requires_grad_(true);
  joined(in, "tuned").sum().backward();
  EXPECT_TRUE(in[3].grad().defined());
  EXPECT_TRUE(in[4].grad().defined());
  EXPECT_FALSE(in[0].grad().defined());
  EXPECT_FALSE(in[1].grad().defined());
}

// A mask is of the adapters' input alone.
TEST(JoinedLinear, TheMaskIsTheAdaptersWithGradients) {
  const at::Tensor mask = (random_tensor({7, 10}, "mask") > 0).to(at::kFloat) * 2;
  const auto low_rank = [&](const std::vector<at::Tensor>& in, const at::Tensor& x) {
    return 0.5 * x.matmul(in[1].t()).matmul(in[2].t());
  };
  expect_same(
      [&](const auto& in) {
        Linear layer{.weight = in[3]};
        layer.adapters["tuned"] = {.a = in[1], .b = in[2], .scale = 0.5};
        return joined_linear({&layer}, in[0], mask, {.active = "tuned"})[0];
      },
      [&](const auto& in) { return at::linear(in[0], in[3]) + low_rank(in, in[0] * mask); },
      {random_tensor({7, 10}, "x"), random_tensor({3, 10}, "a"), random_tensor({6, 3}, "b"),
       random_tensor({6, 10}, "w")});
}

}  // namespace
}  // namespace plumbline::nn
