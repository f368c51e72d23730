#include "plumbline/rl/reward_terms.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::rl {

double missing_end_penalty(bool is_stopped, double penalty) { return is_stopped ? 0 : penalty; }

double missing_end_replacement(bool is_stopped, double score, double penalty) {
  return is_stopped ? 0 : penalty - score;
}

double length_term(int64_t length, int64_t max_length, double penalty, double multiplier) {
  return penalty * static_cast<double>(length) / static_cast<double>(max_length) * multiplier;
}

std::vector<double> total_of(const std::vector<Term>& terms) {
  PLUMBLINE_CHECK(!terms.empty(), "no reward terms");
  std::vector<double> totals(terms.front().values.size(), 0);
  for (const Term& term : terms) {
    PLUMBLINE_CHECK(term.values.size() == totals.size(),
                    fmt::format("term {} of {} answers, {} expected", term.name, term.values.size(),
                                totals.size()));
    for (size_t s = 0; s < totals.size(); ++s) totals[s] += term.values[s];
  }
  return totals;
}

at::Tensor shape_rewards(const std::vector<double>& totals, const at::Tensor& kl,
                         const tensor::Spans& answers, double kl_coef, double scale) {
  PLUMBLINE_CHECK(kl.dim() == 1 && kl.size(0) == answers.total(),
                  fmt::format("{} KL values, {} positions", kl.numel(), answers.total()));
  PLUMBLINE_CHECK(std::ssize(totals) == answers.size(),
                  fmt::format("{} totals, {} answers", totals.size(), answers.size()));
  std::vector<int64_t> last;
  for (int64_t s = 0; s < answers.size(); ++s) {
    PLUMBLINE_CHECK(answers.length(s) > 0, fmt::format("answer {} is empty", s));
    last.push_back(answers.end(s) - 1);
  }
  const at::Tensor penalty = -kl_coef * kl.detach().to(at::kDouble);
  const at::Tensor rewards = penalty.index_add(0, at::tensor(last, at::kLong).to(kl.device()),
                                               at::tensor(totals, at::kDouble).to(kl.device()));
  return (rewards * scale).to(at::kFloat);
}

}  // namespace plumbline::rl
