#include "plumbline/generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "plumbline/base/error.h"
#include "plumbline/nn/softmax_weights.h"

namespace plumbline::generate {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

// Zeroes the probabilities outside the top-k and top-p sets. Those that are equal are told apart by
// their logits, and ties cut at the lower ids.
void keep_top(std::vector<float>& p, const float* logits, const SamplingOptions& options) {
  const auto vocab = static_cast<int64_t>(p.size());
  const bool has_k = options.top_k > 0 && options.top_k < vocab;
  if (!has_k && options.top_p >= 1) return;
  std::vector<int64_t> order(p.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    const float left = p[static_cast<size_t>(a)], right = p[static_cast<size_t>(b)];
    return left != right ? left > right : left > 0 && logits[a] > logits[b];
  });
  const int64_t k = has_k ? options.top_k : vocab;
  const auto weight = [&](int64_t i) {
    return static_cast<double>(p[static_cast<size_t>(order[static_cast<size_t>(i)])]);
  };
  double total = 0, sum = 0;
  for (int64_t i = 0; i < k; ++i) total += weight(i);
  int64_t kept = 0;
  while (kept < k && (kept == 0 || sum < options.top_p * total)) sum += weight(kept++);
  for (int64_t i = kept; i < vocab; ++i) p[static_cast<size_t>(order[static_cast<size_t>(i)])] = 0;
}

int64_t draw_index(const std::vector<float>& p, double uniform) {
  double left = 0;
  for (const float weight : p) left += static_cast<double>(weight);
  left *= uniform;
  int64_t last = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0) continue;
    last = static_cast<int64_t>(i);
    left -= static_cast<double>(p[i]);
    if (left < 0) return last;
  }
  return last;  // rounding left a crumb: the last possible token takes it
}

std::vector<int64_t> forbidden_tokens(const SamplingOptions& options, int64_t vocab,
                                      int64_t position) {
  std::vector<int64_t> tokens = options.forbidden;
  if (position < options.min_tokens) tokens.push_back(options.end_token);
  std::erase_if(tokens, [&](int64_t token) { return token < 0 || token >= vocab; });
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

// Where ln of the sum of exp(scale * logit) over the whole vocabulary lies above scale * `largest`.
double log_total(const float* logits, const std::vector<int64_t>& forbidden, double scale,
                 const nn::SoftmaxTotal& allowed) {
  double most = allowed.largest;
  for (const int64_t token : forbidden) most = std::max<double>(most, logits[token]);
  double total = allowed.total * std::exp((allowed.largest - most) * scale);
  for (const int64_t token : forbidden) total += std::exp((logits[token] - most) * scale);
  if (!std::isfinite(total)) {
    throw NumericError(Complaint{.component = "generate",
                                 .doing = "drawing a token",
                                 .expected = "finite logits",
                                 .got = "NaN or infinity"});
  }
  return std::log(total) + (most - allowed.largest) * scale;
}

}  // namespace

Draw draw_token(const float* logits, int64_t vocab, const SamplingOptions& options, RandomKey key,
                int64_t position) {
  const bool is_greedy = options.temperature < 1e-30;  // its inverse must be a float
  const double scale = is_greedy ? 1 : 1 / options.temperature;
  const auto forbidden = forbidden_tokens(options, vocab, position);
  PLUMBLINE_CHECK(std::ssize(forbidden) < vocab, "every token is forbidden");
  // Scaled by the highest allowed one: a forbidden token far above would leave the rest at 0.
  thread_local std::vector<float> p;  // a large vocabulary's row is dear to allocate
  p.assign(logits, logits + vocab);
  for (const int64_t token : forbidden) p[static_cast<size_t>(token)] = kNever;
  const auto allowed = nn::softmax_weights(p.data(), vocab, scale, p.data());
  const double log_sum = log_total(logits, forbidden, scale, allowed);
  Draw draw;
  if (is_greedy) {
    // By the logits: weights of neighbours may round to the same number.
    while (p[static_cast<size_t>(draw.token)] <= 0 || logits[draw.token] < allowed.largest) {
      ++draw.token;
    }
  } else {
    keep_top(p, logits, options);
    draw.token = draw_index(p, Random(key.at(static_cast<uint64_t>(position))).uniform());
  }
  draw.logprob = static_cast<float>(
      (static_cast<double>(logits[draw.token]) - allowed.largest) * scale - log_sum);
  return draw;
}

}  // namespace plumbline::generate
