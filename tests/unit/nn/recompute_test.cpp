#include "plumbline/nn/recompute.h"

#include <ATen/core/grad_mode.h>

#include "compare.h"

namespace plumbline::nn {
namespace {

struct Leaves {
  at::Tensor x = random_tensor({5, 4}, "x"), w = random_tensor({4, 4}, "w");
};

at::Tensor block(const at::Tensor& x, const at::Tensor& w) { return x + at::tanh(x.matmul(w)); }

TEST(Recompute, GradientsAreTheSameBits) {
  const auto gradients = [](bool recomputes, bool x_trains) {
    Leaves leaves;
    leaves.w.requires_grad_(true);
    leaves.x.requires_grad_(x_trains);
    const auto run = [&](const at::Tensor& in) { return block(in, leaves.w); };
    at::Tensor y = leaves.x;
    for (int i = 0; i < 3; ++i) y = recomputes ? recomputed(run, y) : run(y);
    (y * y).sum().backward();
    return std::pair(leaves.w.grad().clone(), leaves.x.grad());
  };
  for (const bool x_trains : {false, true}) {
    const auto kept = gradients(false, x_trains), recomputed_ones = gradients(true, x_trains);
    EXPECT_TRUE(at::equal(kept.first, recomputed_ones.first));
    EXPECT_EQ(kept.second.defined(), x_trains);
    EXPECT_EQ(recomputed_ones.second.defined(), x_trains);
    if (x_trains) {
      EXPECT_TRUE(at::equal(kept.second, recomputed_ones.second));
    }
  }
}

// The first blocks of a model of which only later layers have an adapter.
TEST(Recompute, BlocksInWhichNothingTrainsArePassedOver) {
  Leaves leaves;
  const at::Tensor frozen = leaves.w.clone();
  leaves.w.requires_grad_(true);
  at::Tensor y = recomputed([&](const at::Tensor& in) { return block(in, frozen); }, leaves.x);
  y = recomputed([&](const at::Tensor& in) { return block(in, leaves.w); }, y);
  (y * y).sum().backward();
  Leaves kept;
  kept.w.requires_grad_(true);
  at::Tensor z = block(block(kept.x, frozen), kept.w);
  (z * z).sum().backward();
  EXPECT_TRUE(at::equal(leaves.w.grad(), kept.w.grad()));
}

TEST(Recompute, RunsTwiceWithGradientsAndOnceWithout) {
  Leaves leaves;
  leaves.w.requires_grad_(true);
  int runs = 0;
  const auto run = [&](const at::Tensor& in) {
    ++runs;
    return block(in, leaves.w);
  };
  recomputed(run, leaves.x).sum().backward();
  EXPECT_EQ(runs, 2);
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(recomputed(run, leaves.x).requires_grad());
  EXPECT_EQ(runs, 3);
}

}  // namespace
}  // namespace plumbline::nn
