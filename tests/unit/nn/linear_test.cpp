#include "plumbline/nn/linear.h"

#include <ATen/core/grad_mode.h>

#include "compare.h"
#include "packed.h"
#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

Linear layer(int64_t out, int64_t in, bool bias) {
  Linear linear{.weight = random_tensor({out, in}, "weight")};
  if (bias) linear.bias = random_tensor({out}, "bias");
  return linear;
}

LowRank low_rank(int64_t out, int64_t in, int64_t rank, const char* name) {
  return {
      .a = random_tensor({rank, in}, name), .b = random_tensor({out, rank}, name), .scale = 0.5};
}

TEST(Linear, LayersOfOneInputAreThoseApart) {
  Linear first = layer(6, 10, true);
  first.adapters["tuned"] = low_rank(6, 10, 3, "low");
  const Linear second = layer(4, 10, false);
  for (const auto& shape : {std::vector<int64_t>{7, 10}, std::vector<int64_t>{2, 3, 10}}) {
    AdapterSelection selection{.active = "tuned"};
    const at::Tensor x = random_tensor(shape, "x");
    const auto both = apply_all({&first, &second}, x, selection);
    EXPECT_TRUE(is_close(both[0], apply(first, x, selection)));
    EXPECT_TRUE(is_close(both[1], at::linear(x, second.weight)));
    EXPECT_EQ(both[0].dim(), x.dim());
  }
}

// With adapters: by few rows without gradients, else by the same product as dense weights.
TEST(Linear, PackedWeightsAreTheirUnpackedOnes) {
  Linear packed{.packed = random_packed(24, 64, 4, "codes")};
  Linear dense{.weight = dense_values(packed.packed)};
  for (Linear* layer : {&packed, &dense}) layer->adapters["tuned"] = low_rank(24, 64, 3, "tuned");
  const auto y = [](const Linear& layer, const at::Tensor& x) {
    AdapterSelection selection{.active = "tuned"};
    return apply(layer, x, selection);
  };
  expect_same([&](const auto& in) { return y(packed, in[0]); },
              [&](const auto& in) { return y(dense, in[0]); }, {random_tensor({7, 64}, "x")});
  AdapterSelection selection{.active = "tuned"};
  EXPECT_TRUE(is_close(effective_weight(packed, selection), effective_weight(dense, selection),
                       kBfloat16Tolerance));
  const at::NoGradGuard no_grad;
  for (const int64_t rows : {1, 3, 7}) {
    const at::Tensor x = random_tensor({rows, 64}, "x");
    EXPECT_TRUE(is_close(y(packed, x), y(dense, x)));
    EXPECT_TRUE(is_close(y(packed, x.to(at::kBFloat16)), y(dense, x), 0.1));
  }
}

TEST(Linear, EffectiveWeightIsWhatApplyUses) {
  Linear linear = layer(6, 10, false);
  linear.adapters["tuned"] = low_rank(6, 10, 3, "low");
  AdapterSelection selection{.active = "tuned"};
  const at::Tensor x = random_tensor({4, 10}, "x");
  EXPECT_TRUE(
      is_close(at::linear(x, effective_weight(linear, selection)), apply(linear, x, selection)));
  EXPECT_TRUE(at::equal(effective_weight(linear, {}), linear.weight));
}

TEST(Linear, Bfloat16BaseWithFloatAdapter) {
  Linear linear = layer(6, 32, true);
  linear.adapters["tuned"] = low_rank(6, 32, 3, "low");
  AdapterSelection selection{.active = "tuned"};
  const at::Tensor x = random_tensor({4, 32}, "x");
  const at::Tensor expected = apply(linear, x, selection);
  linear.weight = linear.weight.to(at::kBFloat16);
  linear.bias = linear.bias.to(at::kBFloat16);
  LowRank& part = linear.adapters["tuned"];
  part.a.requires_grad_(true);
  part.b.requires_grad_(true);
  const at::Tensor y = apply(linear, x.to(at::kBFloat16), selection);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_LT((y.to(at::kFloat) - expected).norm().item<double>(),
            0.02 * expected.norm().item<double>());
  y.sum().backward();
  EXPECT_EQ(part.a.grad().scalar_type(), at::kFloat);
  EXPECT_EQ(part.b.grad().scalar_type(), at::kFloat);
}

// Sequences of these lengths, each with a key of its own.
AdapterSelection under_dropout(const std::vector<int64_t>& lengths, uint64_t first = 0) {
  AdapterSelection selection{.active = "tuned", .spans = tensor::Spans::from_lengths(lengths)};
  for (size_t s = 0; s < lengths.size(); ++s) {
    selection.dropout_keys.push_back(random_key(3, "dropout").at(first + s));
  }
  return selection;
}

TEST(Dropout, OfASequenceDoesNotDependOnTheBatch) {
  Linear linear = layer(6, 10, false);
  linear.adapters["tuned"] = low_rank(6, 10, 3, "low");
  linear.adapters["tuned"].dropout = 0.5;
  const at::Tensor x = random_tensor({40, 10}, "x");
  AdapterSelection both = under_dropout({25, 15}), first = under_dropout({25}),
                   second = under_dropout({15}, 1);
  const at::Tensor together = apply(linear, x, both);
  EXPECT_TRUE(is_close(apply(linear, x.narrow(0, 0, 25), first), together.narrow(0, 0, 25)));
  EXPECT_TRUE(is_close(apply(linear, x.narrow(0, 25, 15), second), together.narrow(0, 25, 15)));
  AdapterSelection other = under_dropout({15}, 2);
  EXPECT_FALSE(is_close(apply(linear, x.narrow(0, 25, 15), other), together.narrow(0, 25, 15)));
}

// y by PEFT's formula, for leaves {x, w, bias, a, b, magnitude}.
at::Tensor with_magnitude(const std::vector<at::Tensor>& in, const at::Tensor& mask) {
  const at::Tensor &x = in[0], &w = in[1];
  const at::Tensor sum = (w + 0.5 * in[4].matmul(in[3])).detach();
  const at::Tensor factor = in[5] / sum.square().sum(1).sqrt();
  const at::Tensor dropped = mask.defined() ? x * mask : x;
  return at::linear(x, w, in[2]) + (factor - 1) * at::linear(dropped, w) +
         factor * 0.5 * dropped.matmul(in[3].t()).matmul(in[4].t());
}

TEST(Magnitude, FollowsTheFormulaWithGradients) {
  const auto run = [](const std::vector<at::Tensor>& in) {
    Linear linear{.weight = in[1], .bias = in[2]};
    linear.adapters["tuned"] = {.a = in[3], .b = in[4], .scale = 0.5, .magnitude = in[5]};
    AdapterSelection selection{.active = "tuned"};
    return apply(linear, in[0], selection);
  };
  const auto formula = [](const std::vector<at::Tensor>& in) { return with_magnitude(in, {}); };
  // The weight is frozen in training; its gradient through the lengths is left out by design.
  expect_same(
      run, formula,
      {random_tensor({7, 10}, "x"), random_tensor({6, 10}, "w"), random_tensor({6}, "bias"),
       random_tensor({3, 10}, "a"), random_tensor({6, 3}, "b"), random_tensor({6}, "m").abs() + 1});
}

TEST(Magnitude, TheEffectiveWeightDoesTheSame) {
  Linear linear = layer(6, 10, true);
  linear.adapters["tuned"] = low_rank(6, 10, 3, "low");
  linear.adapters["tuned"].magnitude = random_tensor({6}, "m").abs() + 1;
  AdapterSelection selection{.active = "tuned"};
  const at::Tensor x = random_tensor({7, 10}, "x");
  EXPECT_TRUE(is_close(apply(linear, x, selection),
                       at::linear(x, effective_weight(linear, selection), linear.bias)));
  linear.adapters["tuned"].magnitude = at::Tensor();
  EXPECT_FALSE(
      is_close(apply(linear, x, selection), at::linear(x, layer(6, 10, true).weight, linear.bias)));
}

TEST(Magnitude, DropoutActsOnWhatTheAdapterAdds) {
  const at::Tensor w = random_tensor({6, 10}, "w"), bias = random_tensor({6}, "bias");
  LowRank part = low_rank(6, 10, 3, "low");
  part.dropout = 0.4;
  Linear reader{.weight = at::zeros({10, 10})};  // shows the mask through an identity
  reader.adapters["tuned"] = {.a = at::eye(10), .b = at::eye(10), .scale = 1, .dropout = 0.4};
  AdapterSelection of_reader = under_dropout({8}), selection = under_dropout({8});
  const at::Tensor mask = apply(reader, at::ones({8, 10}), of_reader);
  Linear linear{.weight = w, .bias = bias};
  part.magnitude = random_tensor({6}, "m").abs() + 1;
  linear.adapters["tuned"] = part;
  const at::Tensor x = random_tensor({8, 10}, "x");
  EXPECT_TRUE(is_close(apply(linear, x, selection),
                       with_magnitude({x, w, bias, part.a, part.b, part.magnitude}, mask)));
}

TEST(Dropout, ActsOnlyUnderAKeyAndOnlyOnTheAdapter) {
  Linear linear = layer(6, 10, false);
  linear.adapters["tuned"] = low_rank(6, 10, 3, "low");
  linear.adapters["tuned"].dropout = 0.5;
  const at::Tensor x = random_tensor({400, 10}, "x");
  AdapterSelection quiet{.active = "tuned"};
  AdapterSelection training = under_dropout({400});
  const at::Tensor base = at::linear(x, linear.weight);
  const at::Tensor expected = apply(linear, x, quiet) - base;
  const at::Tensor first = apply(linear, x, training) - base;
  const at::Tensor second = apply(linear, x, training) - base;
  EXPECT_EQ(training.num_masks, 2U);
  EXPECT_FALSE(is_close(first, second)) << "each pass draws its own mask";
  AdapterSelection again = under_dropout({400});
  EXPECT_TRUE(at::equal(apply(linear, x, again) - base, first)) << "the stream fixes the mask";
  // Solving for the dropped input: every entry is 0 or twice the input, about half of each.
  Linear reader{.weight = at::zeros({10, 10})};
  reader.adapters["tuned"] = {.a = at::eye(10), .b = at::eye(10), .scale = 1, .dropout = 0.5};
  const at::Tensor dropped = apply(reader, x, training);
  const at::Tensor is_zero = dropped == 0;
  EXPECT_TRUE(is_close(dropped, at::where(is_zero, at::zeros_like(x), 2 * x)));
  EXPECT_NEAR(is_zero.to(at::kFloat).mean().item<double>(), 0.5, 0.03);
}

TEST(Dropout, GradientsUseTheSameMask) {
  const auto run = [](const std::vector<at::Tensor>& in) {
    Linear linear{.weight = in[1]};
    linear.adapters["tuned"] = {.a = in[2], .b = in[3], .scale = 0.5, .dropout = 0.4};
    AdapterSelection selection = under_dropout({8});
    return apply(linear, in[0], selection);
  };
  // The mask itself, read through an identity.
  const at::Tensor mask =
      run({at::ones({8, 10}), at::zeros({10, 10}), at::eye(10) * 2, at::eye(10)});
  const auto reference = [mask](const std::vector<at::Tensor>& in) {
    return at::linear(in[0], in[1]) + 0.5 * (in[0] * mask).matmul(in[2].t()).matmul(in[3].t());
  };
  expect_same(run, reference,
              {random_tensor({8, 10}, "x"), random_tensor({6, 10}, "w"),
               random_tensor({3, 10}, "a"), random_tensor({6, 3}, "b")});
}

TEST(Linear, RefusesAnotherWidth) {
  AdapterSelection selection;
  EXPECT_THROW(apply(layer(6, 10, false), at::ones({2, 9}), selection), InternalError);
}

}  // namespace
}  // namespace plumbline::nn
