#include "plumbline/generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "plumbline/base/error.h"

namespace plumbline::generate {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

// Zeroes the probabilities outside the top-k and top-p sets. Ties are cut at the lower ids.
void keep_top(std::vector<double>& p, const SamplingOptions& options) {
  const auto vocab = static_cast<int64_t>(p.size());
  const bool has_k = options.top_k > 0 && options.top_k < vocab;
  if (!has_k && options.top_p >= 1) return;
  std::vector<int64_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return p[static_cast<size_t>(a)] > p[static_cast<size_t>(b)];
  });
  const int64_t k = has_k ? options.top_k : vocab;
  double total = 0, sum = 0;
  for (int64_t i = 0; i < k; ++i) total += p[static_cast<size_t>(order[static_cast<size_t>(i)])];
  int64_t kept = 0;
  while (kept < k && (kept == 0 || sum < options.top_p * total)) {
    sum += p[static_cast<size_t>(order[static_cast<size_t>(kept++)])];
  }
  for (int64_t i = kept; i < vocab; ++i) p[static_cast<size_t>(order[static_cast<size_t>(i)])] = 0;
}

int64_t draw_index(const std::vector<double>& p, double uniform) {
  double left = uniform * std::accumulate(p.begin(), p.end(), 0.0);
  int64_t last = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0) continue;
    last = static_cast<int64_t>(i);
    left -= p[i];
    if (left < 0) return last;
  }
  return last;  // rounding left a crumb: the last possible token takes it
}

// Unnormalised probabilities of the tokens that may be drawn, 0 for the others. Scaled by the
// highest allowed one: a forbidden token far above them would leave them all at 0.
std::vector<double> allowed_weights(const float* logits, int64_t vocab,
                                    const SamplingOptions& options, double scale,
                                    int64_t position) {
  std::vector<bool> is_allowed(static_cast<size_t>(vocab), true);
  const auto forbid = [&](int64_t token) {
    if (token >= 0 && token < vocab) is_allowed[static_cast<size_t>(token)] = false;
  };
  for (const int64_t token : options.forbidden) forbid(token);
  if (position < options.min_tokens) forbid(options.end_token);
  float highest = kNever;
  for (int64_t i = 0; i < vocab; ++i) {
    if (is_allowed[static_cast<size_t>(i)]) highest = std::max(highest, logits[i]);
  }
  PLUMBLINE_CHECK(highest > kNever, "every token is forbidden");
  std::vector<double> p(static_cast<size_t>(vocab));
  for (int64_t i = 0; i < vocab; ++i) {
    if (!is_allowed[static_cast<size_t>(i)]) continue;
    p[static_cast<size_t>(i)] = std::exp((static_cast<double>(logits[i]) - highest) * scale);
  }
  return p;
}

}  // namespace

Draw draw_token(const float* logits, int64_t vocab, const SamplingOptions& options, RandomKey key,
                int64_t position) {
  const bool is_greedy = options.temperature <= 0;
  const double scale = is_greedy ? 1 : 1 / options.temperature;
  float highest = kNever;
  for (int64_t i = 0; i < vocab; ++i) highest = std::max(highest, logits[i]);
  double sum = 0;
  for (int64_t i = 0; i < vocab; ++i) {
    sum += std::exp((static_cast<double>(logits[i]) - highest) * scale);
  }
  if (!std::isfinite(sum)) {
    throw NumericError(Complaint{.component = "generate",
                                 .doing = "drawing a token",
                                 .expected = "finite logits",
                                 .got = "NaN or infinity"});
  }
  const double log_sum = std::log(sum);
  std::vector<double> p = allowed_weights(logits, vocab, options, scale, position);
  Draw draw;
  if (is_greedy) {
    draw.token = std::max_element(p.begin(), p.end()) - p.begin();
  } else {
    keep_top(p, options);
    draw.token = draw_index(p, Random(key.at(static_cast<uint64_t>(position))).uniform());
  }
  draw.logprob =
      static_cast<float>((static_cast<double>(logits[draw.token]) - highest) * scale - log_sum);
  return draw;
}

}  // namespace plumbline::generate
