// One bfloat16 product of which the first outputs are not asked for, and what it must give.
#pragma once

#include "compare.h"
#include "plumbline/nn/halves.h"

namespace plumbline::nn {

struct HalvesProduct {
  HalvesProduct(int64_t rows, int64_t depth)
      : x(random_tensor({rows, depth}, "x").to(at::kBFloat16)),
        w(random_tensor({width, depth}, "w").to(at::kBFloat16)),
        b(random_tensor({width}, "b").to(at::kBFloat16)),
        y(at::full({rows, width}, 7).to(at::kBFloat16)) {}

  // fp32 sums, rounded once.
  void expect_rounded_once() const {
    const at::Tensor expected = at::linear(x.to(at::kFloat), w.to(at::kFloat), b.to(at::kFloat))
                                    .narrow(1, begin, width - begin);
    const at::Tensor error = (y.to(at::kFloat).narrow(1, begin, width - begin) - expected).abs();
    EXPECT_TRUE((error <= expected.abs() / 256 + 1e-4).all().item<bool>())
        << x.size(0) << " " << x.size(1);
    EXPECT_TRUE((y.narrow(1, 0, begin) == 7).all().item<bool>()) << "outputs not asked for";
  }

  static constexpr int64_t width = 71, begin = 2;
  at::Tensor x, w, b, y;
};

}  // namespace plumbline::nn
