#include "plumbline/rl/reward_terms.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {

double missing_end_penalty(bool is_stopped, double penalty) { return is_stopped ? 0 : penalty; }

double length_term(int64_t length, int64_t max_length, double penalty, double multiplier) {
  return penalty * static_cast<double>(length) / static_cast<double>(max_length) * multiplier;
}

Shaped shape_rewards(const SequenceTerms& terms, const at::Tensor& kl,
                     const tensor::Spans& responses, double kl_coef, double scale) {
  const auto size = static_cast<size_t>(responses.size());
  PLUMBLINE_CHECK(kl.dim() == 1 && kl.size(0) == responses.total(),
                  fmt::format("{} KL values, {} response tokens", kl.numel(), responses.total()));
  for (const auto* term :
       {&terms.model_score, &terms.missing_end, &terms.length, &terms.correctness}) {
    PLUMBLINE_CHECK(term->size() == size,
                    fmt::format("{} terms, {} responses", term->size(), size));
  }
  const at::Tensor penalty = -kl_coef * kl.detach().to(at::kDouble);
  std::vector<int64_t> last(size);
  std::vector<double> sums(size);
  for (size_t s = 0; s < size; ++s) {
    PLUMBLINE_CHECK(responses.length(static_cast<int64_t>(s)) > 0,
                    fmt::format("response {} is empty", s));
    last[s] = responses.end(static_cast<int64_t>(s)) - 1;
    sums[s] = terms.model_score[s] + terms.missing_end[s] + terms.length[s] + terms.correctness[s];
  }
  at::Tensor rewards = penalty.index_add(0, at::tensor(last, at::kLong).to(kl.device()),
                                         at::tensor(sums, at::kDouble).to(kl.device()));
  return {(rewards * scale).to(at::kFloat), terms, penalty.sum().item<double>()};
}

}  // namespace plumbline::rl
