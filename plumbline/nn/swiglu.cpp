#include "plumbline/nn/swiglu.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "plumbline/base/error.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"

namespace plumbline::nn {
namespace {

constexpr int64_t kCost = 20;  // operations per element, about

class FusedSwiglu : public torch::autograd::Function<FusedSwiglu> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& gate,
                            const at::Tensor& up) {
    const int64_t rows = gate.size(0), size = gate.size(1);
    at::Tensor y = at::empty({rows, size}, gate.options());
    const float* gate_data = gate.const_data_ptr<float>();
    const float* up_data = up.const_data_ptr<float>();
    float* y_data = y.data_ptr<float>();
    const int64_t gate_stride = gate.stride(0), up_stride = up.stride(0);
    at::parallel_for(0, rows, kernels::grain(kCost * size), [&](int64_t begin, int64_t end) {
      kernels::loops().swiglu_forward(gate_data + begin * gate_stride, gate_stride,
                                      up_data + begin * up_stride, up_stride, end - begin, size,
                                      y_data + begin * size);
    });
    ctx->save_for_backward({gate, up});
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &gate = saved[0], &up = saved[1];
    const at::Tensor dy = grads[0].contiguous();
    const int64_t rows = gate.size(0), size = gate.size(1);
    // One allocation, side by side as gate and up themselves are.
    at::Tensor joined = at::empty({rows, 2 * size}, gate.options());
    const float* dy_data = dy.const_data_ptr<float>();
    const float* gate_data = gate.const_data_ptr<float>();
    const float* up_data = up.const_data_ptr<float>();
    float* joined_data = joined.data_ptr<float>();
    const int64_t gate_stride = gate.stride(0), up_stride = up.stride(0);
    at::parallel_for(0, rows, kernels::grain(kCost * size), [&](int64_t begin, int64_t end) {
      float* target = joined_data + begin * 2 * size;
      kernels::loops().swiglu_backward(dy_data + begin * size, gate_data + begin * gate_stride,
                                       gate_stride, up_data + begin * up_stride, up_stride,
                                       end - begin, size, target, target + size, 2 * size);
    });
    return {joined.narrow(1, 0, size), joined.narrow(1, size, size)};
  }
};

at::Tensor with_dense_rows(const at::Tensor& x) { return x.stride(1) == 1 ? x : x.contiguous(); }

at::Tensor gated_bf16(const at::Tensor& gate, const at::Tensor& up) {
  const int64_t rows = gate.size(0), size = gate.size(1);
  at::Tensor y = at::empty({rows, size}, gate.options());
  const kernels::Half *gate_data = halves(gate), *up_data = halves(up);
  kernels::Half* y_data = mutable_halves(y);
  const int64_t gate_stride = gate.stride(0), up_stride = up.stride(0);
  at::parallel_for(0, rows, kernels::grain(kCost * size), [&](int64_t begin, int64_t end) {
    kernels::inference_loops().swiglu_bf16(gate_data + begin * gate_stride, gate_stride,
                                           up_data + begin * up_stride, up_stride, end - begin,
                                           size, y_data + begin * size);
  });
  return y;
}

// In bfloat16, with gradients computed in fp32.
class FusedSwigluBf16 : public torch::autograd::Function<FusedSwigluBf16> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& gate,
                            const at::Tensor& up) {
    ctx->save_for_backward({gate, up});
    return gated_bf16(gate, up);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &gate = saved[0], &up = saved[1];
    const at::Tensor dy = grads[0].contiguous();
    const int64_t rows = gate.size(0), size = gate.size(1);
    at::Tensor joined = at::empty({rows, 2 * size}, gate.options());
    const kernels::Half *dy_data = halves(dy), *gate_data = halves(gate), *up_data = halves(up);
    kernels::Half* to = mutable_halves(joined);
    const int64_t gate_stride = gate.stride(0), up_stride = up.stride(0);
    const kernels::Loops& loops = kernels::loops();
    at::parallel_for(0, rows, kernels::grain(kCost * size), [&](int64_t begin, int64_t end) {
      std::vector<float> scratch(static_cast<size_t>(5 * size));
      float *wide_dy = scratch.data(), *wide_gate = wide_dy + size, *wide_up = wide_gate + size;
      float* result = wide_up + size;
      for (int64_t n = begin; n < end; ++n) {
        loops.widen(dy_data + n * size, size, wide_dy);
        loops.widen(gate_data + n * gate_stride, size, wide_gate);
        loops.widen(up_data + n * up_stride, size, wide_up);
        loops.swiglu_backward(wide_dy, wide_gate, size, wide_up, size, 1, size, result,
                              result + size, 2 * size);
        loops.narrow(result, 2 * size, to + n * 2 * size);
      }
    });
    return {joined.narrow(1, 0, size), joined.narrow(1, size, size)};
  }
};

}  // namespace

at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up) {
  PLUMBLINE_CHECK(gate.dim() == 2 && gate.sizes() == up.sizes(), "gate and up differ in shape");
  if (are_halves(gate) && up.scalar_type() == at::kBFloat16 && gate.size(1) % 16 == 0) {
    const at::Tensor dense_gate = with_dense_rows(gate), dense_up = with_dense_rows(up);
    return at::GradMode::is_enabled() ? FusedSwigluBf16::apply(dense_gate, dense_up)
                                      : gated_bf16(dense_gate, dense_up);
  }
  if (!gate.is_cpu() || gate.scalar_type() != at::kFloat || up.scalar_type() != at::kFloat) {
    return swiglu_composite(gate, up);
  }
  return FusedSwiglu::apply(with_dense_rows(gate), with_dense_rows(up));
}

at::Tensor swiglu_composite(const at::Tensor& gate, const at::Tensor& up) {
  return at::silu(gate) * up;
}

}  // namespace plumbline::nn
