#include "plumbline/nn/token_logprobs.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

// log softmax of a chunk of rows, [r, V] fp32.
at::Tensor chunk_logprobs(const at::Tensor& hidden, const at::Tensor& weight, double temperature) {
  const at::Tensor logits = at::linear(hidden, weight).to(at::kFloat);
  return at::log_softmax(temperature == 1 ? logits : logits / temperature, -1);
}

class TokenLogprobsFunction : public torch::autograd::Function<TokenLogprobsFunction> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* ctx,
                                                const at::Tensor& hidden, const at::Tensor& weight,
                                                const at::Tensor& targets, double temperature,
                                                int64_t chunk) {
    const int64_t rows = hidden.size(0);
    const auto fp32 = hidden.options().dtype(at::kFloat);
    at::Tensor logprobs = at::empty({rows}, fp32), entropy = at::empty({rows}, fp32);
    for (int64_t first = 0; first < rows; first += chunk) {
      const int64_t last = std::min(rows, first + chunk);
      const at::Tensor all = chunk_logprobs(hidden.slice(0, first, last), weight, temperature);
      logprobs.slice(0, first, last)
          .copy_(all.gather(1, targets.slice(0, first, last).unsqueeze(1)).squeeze(1));
      entropy.slice(0, first, last).copy_(-(all.exp() * all).sum(-1));
    }
    ctx->save_for_backward({hidden, weight, targets});
    ctx->saved_data["temperature"] = temperature;
    ctx->saved_data["chunk"] = chunk;
    return {logprobs, entropy};
  }

  // With p the softmax and H its entropy: d logp_t / d z = onehot_t - p, d H / d z = -p (log p +
  // H).
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 const torch::autograd::variable_list& grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &hidden = saved[0], &weight = saved[1], &targets = saved[2];
    const double temperature = ctx->saved_data["temperature"].toDouble();
    const int64_t chunk = ctx->saved_data["chunk"].toInt();
    const int64_t rows = hidden.size(0);
    at::Tensor d_hidden, d_weight;
    if (ctx->needs_input_grad(0)) d_hidden = at::empty_like(hidden);
    if (ctx->needs_input_grad(1))
      d_weight = at::zeros(weight.sizes(), weight.options().dtype(at::kFloat));
    for (int64_t first = 0; first < rows; first += chunk) {
      const int64_t last = std::min(rows, first + chunk);
      const at::Tensor h = hidden.slice(0, first, last);
      const at::Tensor all = chunk_logprobs(h, weight, temperature);
      const at::Tensor p = all.exp();
      at::Tensor d_logits = at::zeros_like(p);
      if (grads[0].defined()) {
        const at::Tensor g = grads[0].slice(0, first, last).unsqueeze(1);
        d_logits.sub_(p * g);
        d_logits.scatter_add_(1, targets.slice(0, first, last).unsqueeze(1), g);
      }
      if (grads[1].defined()) {
        const at::Tensor entropy = -(p * all).sum(-1, /*keepdim=*/true);
        d_logits.sub_(grads[1].slice(0, first, last).unsqueeze(1) * p * (all + entropy));
      }
      if (temperature != 1) d_logits.div_(temperature);
      const at::Tensor narrow = d_logits.to(hidden.scalar_type());
      if (d_hidden.defined()) d_hidden.slice(0, first, last).copy_(at::mm(narrow, weight));
      if (d_weight.defined()) d_weight.add_(at::mm(narrow.t(), h));
    }
    if (d_weight.defined()) d_weight = d_weight.to(weight.scalar_type());
    return {d_hidden, d_weight, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

int64_t logprob_chunk(int64_t vocab_size) {
  return std::clamp<int64_t>((int64_t{1} << 24) / vocab_size, 64, 2048);
}

TokenLogprobs token_logprobs(const at::Tensor& hidden, const at::Tensor& weight,
                             const at::Tensor& targets, double temperature, int64_t chunk) {
  PLUMBLINE_CHECK(hidden.dim() == 2 && weight.dim() == 2 && hidden.size(1) == weight.size(1) &&
                      targets.dim() == 1 && targets.size(0) == hidden.size(0),
                  fmt::format("hidden of {} values, head of {}, {} targets", hidden.numel(),
                              weight.numel(), targets.numel()));
  PLUMBLINE_CHECK(temperature > 0 && chunk >= 0,
                  fmt::format("temperature {}, chunk {}", temperature, chunk));
  if (chunk == 0) chunk = logprob_chunk(weight.size(0));
  const auto result = TokenLogprobsFunction::apply(hidden, weight, targets, temperature, chunk);
  return {result[0], result[1]};
}

}  // namespace plumbline::nn
