#include "plumbline/nn/recompute.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/custom_class.h>

namespace plumbline::nn {
namespace {

using Run = std::function<at::Tensor(const at::Tensor&)>;

// A function as something that an autograd context can hold.
struct HeldRun : torch::CustomClassHolder {
  explicit HeldRun(Run run_) : run(std::move(run_)) {}
  Run run;
};

class Recomputed : public torch::autograd::Function<Recomputed> {
 public:
  // `anchor` requires a gradient, so that the backward pass comes here even where only leaves
  // inside `run` do.
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x,
                            const at::Tensor& /*anchor*/, const c10::intrusive_ptr<HeldRun>& held) {
    ctx->save_for_backward({x});
    ctx->saved_data["run"] = c10::IValue::make_capsule(held);
    return held->run(x);  // without gradients, as in every custom function
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 const torch::autograd::variable_list& grads) {
    const auto held =
        c10::static_intrusive_pointer_cast<HeldRun>(ctx->saved_data["run"].toCapsule());
    const at::Tensor saved = ctx->get_saved_variables()[0];
    const at::Tensor x = saved.detach().requires_grad_(ctx->needs_input_grad(0));
    at::Tensor y;
    {
      const at::AutoGradMode with_gradients(true);
      y = held->run(x);
    }
    // Nothing trains up to here: neither x nor a leaf inside.
    if (!y.requires_grad()) return {at::Tensor(), at::Tensor(), at::Tensor()};
    // Adds to the gradients of the leaves inside.
    torch::autograd::backward({y}, {grads[0]});
    return {x.grad(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor recomputed(Run run, const at::Tensor& x) {
  if (!at::GradMode::is_enabled()) return run(x);
  const at::Tensor anchor = at::empty({0}, x.options()).requires_grad_(true);
  return Recomputed::apply(x, anchor, c10::make_intrusive<HeldRun>(std::move(run)));
}

}  // namespace plumbline::nn
