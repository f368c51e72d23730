#include "plumbline/nn/rms_norm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"

namespace plumbline::nn {
namespace {

// Rows per piece of work. Fixed, so that sums over rows do not depend on the number of threads.
constexpr int64_t kChunk = 64;

class FusedRmsNorm : public torch::autograd::Function<FusedRmsNorm> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x,
                            const at::Tensor& weight, double eps) {
    const int64_t rows = x.size(0), size = x.size(1);
    at::Tensor y = at::empty_like(x);
    at::Tensor scale = at::empty({rows}, x.options());
    const float* x_data = x.const_data_ptr<float>();
    const float* weight_data = weight.const_data_ptr<float>();
    float* y_data = y.data_ptr<float>();
    float* scale_data = scale.data_ptr<float>();
    at::parallel_for(0, rows, kernels::grain(4 * size), [&](int64_t begin, int64_t end) {
      kernels::loops().rms_norm_forward(x_data + begin * size, weight_data, eps, end - begin, size,
                                        y_data + begin * size, scale_data + begin);
    });
    ctx->save_for_backward({x, weight, scale});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &scale = saved[2];
    const at::Tensor dy = grads[0].contiguous();
    const int64_t rows = x.size(0), size = x.size(1);
    const int64_t num_chunks = (rows + kChunk - 1) / kChunk;
    at::Tensor dx = at::empty_like(x);
    at::Tensor dweight_parts;
    if (ctx->needs_input_grad(1)) dweight_parts = at::zeros({num_chunks, size}, x.options());
    float* parts = dweight_parts.defined() ? dweight_parts.data_ptr<float>() : nullptr;
    const float* dy_data = dy.const_data_ptr<float>();
    const float* x_data = x.const_data_ptr<float>();
    const float* weight_data = weight.const_data_ptr<float>();
    const float* scale_data = scale.const_data_ptr<float>();
    float* dx_data = dx.data_ptr<float>();
    const int64_t grain = kernels::grain(8 * kChunk * size);
    at::parallel_for(0, num_chunks, grain, [&](int64_t begin, int64_t end) {
      for (int64_t chunk = begin; chunk < end; ++chunk) {
        const int64_t row = chunk * kChunk;
        kernels::loops().rms_norm_backward(dy_data + row * size, x_data + row * size, weight_data,
                                           scale_data + row, std::min(kChunk, rows - row), size,
                                           dx_data + row * size,
                                           parts ? parts + chunk * size : nullptr);
      }
    });
    return {dx, dweight_parts.defined() ? dweight_parts.sum(0) : at::Tensor(), at::Tensor()};
  }
};

at::Tensor normed_bf16(const at::Tensor& x, const at::Tensor& weight, double eps) {
  const int64_t size = x.size(-1);
  at::Tensor y = at::empty_like(x);
  const kernels::Half *x_data = halves(x), *weight_data = halves(weight);
  kernels::Half* y_data = mutable_halves(y);
  at::parallel_for(0, x.numel() / size, kernels::grain(6 * size), [&](int64_t begin, int64_t end) {
    kernels::inference_loops().rms_norm_bf16(x_data + begin * size, weight_data, eps, end - begin,
                                             size, y_data + begin * size);
  });
  return y;
}

// Rows in bfloat16, whose gradients are computed in fp32. x [N, D] contiguous.
class FusedRmsNormBf16 : public torch::autograd::Function<FusedRmsNormBf16> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x,
                            const at::Tensor& weight, double eps) {
    ctx->save_for_backward({x, weight});
    ctx->saved_data["eps"] = eps;
    return normed_bf16(x, weight, eps);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1];
    const double eps = ctx->saved_data["eps"].toDouble();
    const at::Tensor dy = grads[0].contiguous();
    const at::Tensor wide_weight = weight.to(at::kFloat);
    const int64_t rows = x.size(0), size = x.size(1);
    const int64_t num_chunks = (rows + kChunk - 1) / kChunk;
    at::Tensor dx = at::empty_like(x);
    at::Tensor parts;
    if (ctx->needs_input_grad(1)) parts = at::zeros({num_chunks, size}, wide_weight.options());
    const kernels::Loops& loops = kernels::loops();
    const kernels::Half *dy_data = halves(dy), *x_data = halves(x);
    kernels::Half* dx_data = mutable_halves(dx);
    const float* w = wide_weight.const_data_ptr<float>();
    float* parts_data = parts.defined() ? parts.data_ptr<float>() : nullptr;
    at::parallel_for(
        0, num_chunks, kernels::grain(12 * kChunk * size), [&](int64_t begin, int64_t end) {
          std::vector<float> scratch(static_cast<size_t>(3 * size));
          float *wide_x = scratch.data(), *wide_dy = wide_x + size, *result = wide_dy + size;
          for (int64_t n = begin * kChunk; n < std::min(rows, end * kChunk); ++n) {
            float scale = 0;
            loops.widen(x_data + n * size, size, wide_x);
            loops.widen(dy_data + n * size, size, wide_dy);
            loops.rms_norm_forward(wide_x, w, eps, 1, size, result, &scale);
            loops.rms_norm_backward(wide_dy, wide_x, w, &scale, 1, size, result,
                                    parts_data ? parts_data + n / kChunk * size : nullptr);
            loops.narrow(result, size, dx_data + n * size);
          }
        });
    return {dx, parts.defined() ? parts.sum(0).to(at::kBFloat16) : at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  PLUMBLINE_CHECK(weight.dim() == 1 && x.dim() > 0 && x.size(-1) == weight.size(0),
                  fmt::format("rows of {}, weight of {}", x.size(-1), weight.numel()));
  if (are_halves(x) && weight.scalar_type() == at::kBFloat16 && x.size(-1) % 16 == 0) {
    if (!at::GradMode::is_enabled()) return normed_bf16(x.contiguous(), weight, eps);
    const at::Tensor rows = x.reshape({-1, x.size(-1)}).contiguous();
    return FusedRmsNormBf16::apply(rows, weight.contiguous(), eps).view(x.sizes());
  }
  if (!x.is_cpu() || x.scalar_type() != at::kFloat || weight.scalar_type() != at::kFloat) {
    return rms_norm_composite(x, weight, eps);
  }
  const at::Tensor rows = x.reshape({-1, x.size(-1)}).contiguous();
  return FusedRmsNorm::apply(rows, weight.contiguous(), eps).view(x.sizes());
}

at::Tensor rms_norm_composite(const at::Tensor& x, const at::Tensor& weight, double eps) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor scale = at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + eps);
  return weight * (wide * scale).to(x.scalar_type());
}

}  // namespace plumbline::nn
