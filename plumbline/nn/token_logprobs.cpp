#include "plumbline/nn/token_logprobs.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/nn/softmax_weights.h"

namespace plumbline::nn {
namespace {

constexpr int64_t kBlock = 256;  // terms summed in fp32

// Logits of a chunk as the loops read them: a row in fp32, which lies in the tensor itself or in
// `scratch`.
const float* row_of(const at::Tensor& logits, int64_t row, float* scratch) {
  const int64_t size = logits.size(1);
  if (logits.scalar_type() == at::kFloat) return logits.const_data_ptr<float>() + row * size;
  kernels::loops().widen(halves(logits) + row * size, size, scratch);
  return scratch;
}

// On the CPU in fp32 and bfloat16; `temperature` divides the logits.
void softmax_rows(const at::Tensor& logits, const at::Tensor& targets, double temperature,
                  float* logprobs, float* entropy, float* logsumexp) {
  const int64_t size = logits.size(1);
  const auto* target = targets.const_data_ptr<int64_t>();
  at::parallel_for(0, logits.size(0), kernels::grain(20 * size), [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(static_cast<size_t>(2 * size));
    for (int64_t n = begin; n < end; ++n) {
      const float* z = row_of(logits, n, scratch.data());
      float* weights = scratch.data() + size;
      const SoftmaxTotal sum = softmax_weights(z, size, 1 / temperature, weights);
      const double shift = sum.largest / temperature + std::log(sum.total);
      double mean = 0;  // of the logits under the softmax
      for (int64_t i = 0; i < size; i += kBlock) {
        float part = 0;
        for (int64_t j = i; j < std::min(size, i + kBlock); ++j) part += weights[j] * z[j];
        mean += part;
      }
      logprobs[n] = static_cast<float>(z[target[n]] / temperature - shift);
      entropy[n] = static_cast<float>(shift - mean / sum.total / temperature);
      logsumexp[n] = static_cast<float>(shift);
    }
  });
}

// Gradients with respect to the logits, in their dtype and place.
void softmax_rows_backward(at::Tensor& logits, const at::Tensor& targets, double temperature,
                           const float* g, const float* g_entropy, const float* entropy,
                           const float* logsumexp) {
  const int64_t size = logits.size(1);
  const auto scale = static_cast<float>(1 / temperature);
  const bool is_wide = logits.scalar_type() == at::kFloat;
  const auto* target = targets.const_data_ptr<int64_t>();
  at::parallel_for(0, logits.size(0), kernels::grain(20 * size), [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(static_cast<size_t>(is_wide ? 0 : size));
    for (int64_t n = begin; n < end; ++n) {
      const float* z = row_of(logits, n, scratch.data());
      float* dz = is_wide ? logits.mutable_data_ptr<float>() + n * size : scratch.data();
      const float of_logprob = g ? g[n] : 0;
      kernels::loops().softmax_backward(z, size, scale, logsumexp[n], of_logprob,
                                        g_entropy ? g_entropy[n] : 0, entropy[n], dz);
      dz[target[n]] += of_logprob * scale;
      if (!is_wide) kernels::loops().narrow(dz, size, mutable_halves(logits) + n * size);
    }
  });
}

// The same from at:: operators, for other devices. Gives log-probabilities, entropy, log of sums.
std::array<at::Tensor, 3> softmax_composite(const at::Tensor& logits, const at::Tensor& targets,
                                            double temperature) {
  const at::Tensor all = at::log_softmax(logits.to(at::kFloat) / temperature, -1);
  const at::Tensor target = targets.unsqueeze(1);
  const at::Tensor logprobs = all.gather(1, target).squeeze(1);
  const at::Tensor chosen = logits.gather(1, target).squeeze(1).to(at::kFloat) / temperature;
  return {logprobs, -(all.exp() * all).sum(-1), chosen - logprobs};
}

// With p the softmax and H its entropy: d logp_t / d z = onehot_t - p, d H / d z = -p (log p + H).
at::Tensor softmax_composite_backward(const at::Tensor& logits, const at::Tensor& targets,
                                      double temperature, const at::Tensor& g,
                                      const at::Tensor& g_entropy) {
  const at::Tensor all = at::log_softmax(logits.to(at::kFloat) / temperature, -1);
  const at::Tensor p = all.exp();
  at::Tensor d = at::zeros_like(p);
  if (g.defined()) {
    d.sub_(p * g.unsqueeze(1));
    d.scatter_add_(1, targets.unsqueeze(1), g.unsqueeze(1));
  }
  if (g_entropy.defined()) {
    const at::Tensor entropy = -(p * all).sum(-1, /*keepdim=*/true);
    d.sub_(g_entropy.unsqueeze(1) * p * (all + entropy));
  }
  return (d / temperature).to(logits.scalar_type());
}

bool has_loops(const at::Tensor& logits) {
  return logits.is_cpu() &&
         (logits.scalar_type() == at::kFloat || logits.scalar_type() == at::kBFloat16);
}

// d logits of rows [first, first + logits.size(0)), in the place of the logits themselves.
void differentiate(at::Tensor& logits, const at::Tensor& targets, double temperature,
                   const at::Tensor& g, const at::Tensor& g_entropy, const at::Tensor& entropy,
                   const at::Tensor& logsumexp) {
  if (!has_loops(logits)) {
    logits = softmax_composite_backward(logits, targets, temperature, g, g_entropy);
    return;
  }
  const auto data = [](const at::Tensor& x) {
    return x.defined() ? x.const_data_ptr<float>() : nullptr;
  };
  softmax_rows_backward(logits, targets, temperature, data(g), data(g_entropy), data(entropy),
                        data(logsumexp));
}

// Adds d logits^T hidden to an fp32 gradient of the head.
void add_outer(at::Tensor& d_weight, const at::Tensor& d_logits, const at::Tensor& hidden) {
  if (d_logits.scalar_type() == at::kFloat) {
    d_weight.addmm_(d_logits.t(), hidden);
  } else {
    d_weight.add_(at::mm(d_logits.t(), hidden));
  }
}

// The gradients are formed while the logits are there, as if that of every log-probability were 1,
// and only scaled in the backward pass. Where this is not enough, because entropies have gradients
// or the head's rows have different ones, that pass computes the logits again.
class TokenLogprobsFunction : public torch::autograd::Function<TokenLogprobsFunction> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* ctx,
                                                const at::Tensor& hidden, const at::Tensor& weight,
                                                const at::Tensor& targets, double temperature,
                                                int64_t chunk, bool of_hidden, bool of_weight) {
    ctx->set_materialize_grads(false);  // an unused result's gradient is undefined, not zeros
    const int64_t rows = hidden.size(0);
    const auto fp32 = hidden.options().dtype(at::kFloat);
    at::Tensor logprobs = at::empty({rows}, fp32), entropy = at::empty({rows}, fp32),
               logsumexp = at::empty({rows}, fp32);
    at::Tensor unit_hidden, unit_weight;
    if (of_hidden) unit_hidden = at::empty_like(hidden);
    if (of_weight) unit_weight = at::zeros(weight.sizes(), fp32);
    const at::Tensor ones = at::ones({std::min(rows, chunk)}, fp32);
    for (int64_t first = 0; first < rows; first += chunk) {
      const int64_t last = std::min(rows, first + chunk);
      const auto part = [&](const at::Tensor& x) { return x.slice(0, first, last); };
      at::Tensor logits = at::linear(part(hidden), weight);
      if (has_loops(logits)) {
        softmax_rows(logits, part(targets), temperature, logprobs.data_ptr<float>() + first,
                     entropy.data_ptr<float>() + first, logsumexp.data_ptr<float>() + first);
      } else {
        const auto all = softmax_composite(logits, part(targets), temperature);
        part(logprobs).copy_(all[0]);
        part(entropy).copy_(all[1]);
        part(logsumexp).copy_(all[2]);
      }
      if (!of_hidden && !of_weight) continue;
      differentiate(logits, part(targets), temperature, ones.slice(0, 0, last - first), {},
                    part(entropy), part(logsumexp));
      if (of_hidden) part(unit_hidden).copy_(at::mm(logits, weight));
      if (of_weight) add_outer(unit_weight, logits, part(hidden));
    }
    ctx->save_for_backward({hidden, weight, targets, entropy, logsumexp, unit_hidden, unit_weight});
    ctx->saved_data["temperature"] = temperature;
    ctx->saved_data["chunk"] = chunk;
    return {logprobs, entropy};
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 const torch::autograd::variable_list& grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &unit_hidden = saved[5], &unit_weight = saved[6];
    const at::Tensor& g = grads[0];
    const bool is_one_factor =
        g.defined() && g.numel() > 0 && (!unit_weight.defined() || (g == g[0]).all().item<bool>());
    torch::autograd::variable_list result(7);
    if (grads[1].defined() || !is_one_factor) {
      recompute(ctx, saved, grads, result);
      return result;
    }
    if (unit_hidden.defined()) {
      // In fp32: 1 / tokens in bfloat16 would be off by up to 0.4 %, for all rows alike.
      result[0] = (unit_hidden.to(at::kFloat) * g.unsqueeze(1)).to(unit_hidden.scalar_type());
    }
    if (unit_weight.defined()) result[1] = (unit_weight * g[0]).to(saved[1].scalar_type());
    return result;
  }

 private:
  static void recompute(torch::autograd::AutogradContext* ctx,
                        const torch::autograd::variable_list& saved,
                        const torch::autograd::variable_list& grads,
                        torch::autograd::variable_list& result) {
    const at::Tensor &hidden = saved[0], &weight = saved[1];
    const double temperature = ctx->saved_data["temperature"].toDouble();
    const int64_t chunk = ctx->saved_data["chunk"].toInt(), rows = hidden.size(0);
    const auto dense = [](const at::Tensor& x) { return x.defined() ? x.contiguous() : x; };
    const at::Tensor g = dense(grads[0]), g_entropy = dense(grads[1]);
    at::Tensor d_hidden, d_weight;
    if (ctx->needs_input_grad(0)) d_hidden = at::empty_like(hidden);
    if (ctx->needs_input_grad(1)) {
      d_weight = at::zeros(weight.sizes(), weight.options().dtype(at::kFloat));
    }
    for (int64_t first = 0; first < rows; first += chunk) {
      const int64_t last = std::min(rows, first + chunk);
      const auto part = [&](const at::Tensor& x) {
        return x.defined() ? x.slice(0, first, last) : x;
      };
      at::Tensor logits = at::linear(part(hidden), weight);
      differentiate(logits, part(saved[2]), temperature, part(g), part(g_entropy), part(saved[3]),
                    part(saved[4]));
      if (d_hidden.defined()) part(d_hidden).copy_(at::mm(logits, weight));
      if (d_weight.defined()) add_outer(d_weight, logits, part(hidden));
    }
    result[0] = d_hidden;
    if (d_weight.defined()) result[1] = d_weight.to(weight.scalar_type());
  }
};

}  // namespace

int64_t logprob_chunk(int64_t vocab_size) {
  return std::clamp<int64_t>((int64_t{1} << 23) / vocab_size, 64, 2048);
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
  const bool has_gradients = at::GradMode::is_enabled();
  const auto result = TokenLogprobsFunction::apply(hidden, weight, targets, temperature, chunk,
                                                   has_gradients && hidden.requires_grad(),
                                                   has_gradients && weight.requires_grad());
  return {result[0], result[1]};
}

}  // namespace plumbline::nn
