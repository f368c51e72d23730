#include "plumbline/nn/rotary.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"

namespace plumbline::nn {
namespace {

at::Tensor with_dense_heads(const at::Tensor& x) {
  return x.stride(2) == 1 && x.stride(1) == x.size(2) ? x : x.contiguous();
}

// Rotates by sign * angle.
at::Tensor rotate_rows(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin,
                       const at::Tensor& positions, float sign) {
  const int64_t rows = x.size(0), heads = x.size(1), half = x.size(2) / 2;
  at::Tensor y = at::empty(x.sizes(), x.options());
  const float* x_data = x.const_data_ptr<float>();
  const float* cos_data = cos.const_data_ptr<float>();
  const float* sin_data = sin.const_data_ptr<float>();
  const int64_t* position_data = positions.const_data_ptr<int64_t>();
  float* y_data = y.data_ptr<float>();
  const int64_t stride = x.stride(0);
  at::parallel_for(0, rows, kernels::grain(heads * half * 6), [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t at = position_data[n] * half;
      kernels::loops().rotate_row(x_data + n * stride, cos_data + at, sin_data + at, sign, heads,
                                  half, y_data + n * heads * 2 * half);
    }
  });
  return y;
}

at::Tensor rotate_bf16(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin,
                       const at::Tensor& positions) {
  const int64_t rows = x.size(0), heads = x.size(1), half = x.size(2) / 2;
  at::Tensor y = at::empty(x.sizes(), x.options());
  const kernels::Half* x_data = halves(x);
  const float* cos_data = cos.const_data_ptr<float>();
  const float* sin_data = sin.const_data_ptr<float>();
  const int64_t* position_data = positions.const_data_ptr<int64_t>();
  kernels::Half* y_data = mutable_halves(y);
  const int64_t stride = x.stride(0);
  at::parallel_for(0, rows, kernels::grain(heads * half * 6), [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t at = position_data[n] * half;
      kernels::inference_loops().rotate_row_bf16(x_data + n * stride, cos_data + at, sin_data + at,
                                                 heads, half, y_data + n * heads * 2 * half);
    }
  });
  return y;
}

// The gradient of rotate_bf16: dy turned back, in fp32.
at::Tensor turned_back_bf16(const at::Tensor& dy, const at::Tensor& cos, const at::Tensor& sin,
                            const at::Tensor& positions) {
  const int64_t rows = dy.size(0), heads = dy.size(1), half = dy.size(2) / 2;
  const int64_t width = heads * 2 * half;
  at::Tensor dx = at::empty(dy.sizes(), dy.options());
  const kernels::Half* dy_data = halves(dy);
  kernels::Half* dx_data = mutable_halves(dx);
  const float *cos_data = cos.const_data_ptr<float>(), *sin_data = sin.const_data_ptr<float>();
  const int64_t* position_data = positions.const_data_ptr<int64_t>();
  const int64_t stride = dy.stride(0);
  const kernels::Loops& loops = kernels::loops();
  at::parallel_for(0, rows, kernels::grain(heads * half * 8), [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(static_cast<size_t>(2 * width));
    for (int64_t n = begin; n < end; ++n) {
      const int64_t at = position_data[n] * half;
      loops.widen(dy_data + n * stride, width, scratch.data());
      loops.rotate_row(scratch.data(), cos_data + at, sin_data + at, -1, heads, half,
                       scratch.data() + width);
      loops.narrow(scratch.data() + width, width, dx_data + n * width);
    }
  });
  return dx;
}

class FusedRotateBf16 : public torch::autograd::Function<FusedRotateBf16> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x,
                            const at::Tensor& cos, const at::Tensor& sin,
                            const at::Tensor& positions) {
    ctx->save_for_backward({cos, sin, positions});
    return rotate_bf16(x, cos, sin, positions);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    return {turned_back_bf16(with_dense_heads(grads[0]), saved[0], saved[1], saved[2]),
            at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

class FusedRotate : public torch::autograd::Function<FusedRotate> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x,
                            const at::Tensor& cos, const at::Tensor& sin,
                            const at::Tensor& positions) {
    ctx->save_for_backward({cos, sin, positions});
    return rotate_rows(x, cos, sin, positions, 1);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    return {rotate_rows(with_dense_heads(grads[0]), saved[0], saved[1], saved[2], -1), at::Tensor(),
            at::Tensor(), at::Tensor()};
  }
};

}  // namespace

RotaryTable rotary_table(int64_t num_positions, int64_t head_dim, double theta, at::Device device) {
  const config::LlamaConfig plain{.head_dim = head_dim, .rope_theta = theta};
  return rotary_table(0, num_positions, rotary_frequencies(plain, num_positions), device);
}

RotaryTable rotary_table(int64_t first, int64_t end, const RotaryFrequencies& frequencies,
                         at::Device device) {
  const auto half = static_cast<int64_t>(frequencies.per_position.size());
  at::Tensor cos = at::empty({end - first, half}, at::dtype(at::kFloat));
  at::Tensor sin = at::empty_like(cos);
  float* cos_data = cos.data_ptr<float>();
  float* sin_data = sin.data_ptr<float>();
  for (int64_t i = 0; i < half; ++i) {
    const double frequency = frequencies.per_position[static_cast<size_t>(i)];
    for (int64_t p = first; p < end; ++p) {
      const double angle = static_cast<double>(p) * frequency;
      const int64_t at = (p - first) * half + i;
      cos_data[at] = static_cast<float>(std::cos(angle) * frequencies.attention_factor);
      sin_data[at] = static_cast<float>(std::sin(angle) * frequencies.attention_factor);
    }
  }
  return {.cos_PK2 = cos.to(device), .sin_PK2 = sin.to(device)};
}

at::Tensor row_positions(const tensor::Spans& spans, const std::vector<int64_t>& starts,
                         at::Device device) {
  PLUMBLINE_CHECK(starts.empty() || static_cast<int64_t>(starts.size()) == spans.size(),
                  fmt::format("{} starts, {} sequences", starts.size(), spans.size()));
  at::Tensor positions = at::empty({spans.total()}, at::dtype(at::kLong));
  int64_t* out = positions.data_ptr<int64_t>();
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t start = starts.empty() ? 0 : starts[static_cast<size_t>(s)];
    for (int64_t t = 0; t < spans.length(s); ++t) *out++ = start + t;
  }
  return positions.to(device);
}

at::Tensor rotate(const at::Tensor& x_NHK, const RotaryTable& table, const at::Tensor& positions) {
  PLUMBLINE_CHECK(x_NHK.dim() == 3 && x_NHK.size(2) == 2 * table.cos_PK2.size(1) &&
                      positions.numel() == x_NHK.size(0),
                  fmt::format("{} rows of heads of {}, {} positions, table for {}", x_NHK.size(0),
                              x_NHK.size(-1), positions.numel(), 2 * table.cos_PK2.size(1)));
  if (are_halves(x_NHK) && x_NHK.size(2) % 16 == 0) {
    const at::Tensor x = with_dense_heads(x_NHK);
    if (!at::GradMode::is_enabled()) {
      return rotate_bf16(x, table.cos_PK2, table.sin_PK2, positions);
    }
    return FusedRotateBf16::apply(x, table.cos_PK2, table.sin_PK2, positions);
  }
  if (!x_NHK.is_cpu() || x_NHK.scalar_type() != at::kFloat) {
    return rotate_composite(x_NHK, table, positions);
  }
  return FusedRotate::apply(with_dense_heads(x_NHK), table.cos_PK2, table.sin_PK2, positions);
}

at::Tensor rotate_composite(const at::Tensor& x_NHK, const RotaryTable& table,
                            const at::Tensor& positions) {
  const at::Tensor cos = table.cos_PK2.index_select(0, positions).unsqueeze(1);
  const at::Tensor sin = table.sin_PK2.index_select(0, positions).unsqueeze(1);
  const auto halves = x_NHK.to(at::kFloat).chunk(2, -1);
  return at::cat({halves[0] * cos - halves[1] * sin, halves[1] * cos + halves[0] * sin}, -1)
      .to(x_NHK.scalar_type());
}

}  // namespace plumbline::nn
