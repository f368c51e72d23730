#include "plumbline/audit/correlation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "plumbline/base/error.h"

namespace plumbline::audit {
namespace {

// Sums from which a correlation follows.
enum Sum : size_t { kCount, kX, kY, kXX, kYY, kXY, kNumSums };

// What is left of a sum of squares after rounding is no variation.
constexpr double kRounding = 1e-12;

void add(double* s, double x, double y) {
  s[kCount] += 1;
  s[kX] += x;
  s[kY] += y;
  s[kXX] += x * x;
  s[kYY] += y * y;
  s[kXY] += x * y;
}

double correlation_of(const double* s) {
  const double n = s[kCount];
  const double xx = s[kXX] - s[kX] * s[kX] / n, yy = s[kYY] - s[kY] * s[kY] / n;
  // Written so that 0/0 of no values at all is refused, too.
  if (!(xx > kRounding * s[kXX] && yy > kRounding * s[kYY])) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return (s[kXY] - s[kX] * s[kY] / n) / std::sqrt(xx * yy);
}

// Sums of squares about the mean keep the digits that those of large values lose.
std::vector<double> centred(std::vector<double> values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) /
                      std::max(1.0, static_cast<double>(values.size()));
  for (double& value : values) value -= mean;
  return values;
}

}  // namespace

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    // Ranks begin + 1 to end.
    const double mean = static_cast<double>(begin + 1 + end) / 2;
    for (size_t i = begin; i < end; ++i) result[order[i]] = mean;
  }
  return result;
}

double pearson(const std::vector<double>& x, const std::vector<double>& y) {
  PLUMBLINE_CHECK(x.size() == y.size(), fmt::format("{} and {} values", x.size(), y.size()));
  const auto cx = centred(x), cy = centred(y);
  double sums[kNumSums] = {};
  for (size_t i = 0; i < x.size(); ++i) add(sums, cx[i], cy[i]);
  return correlation_of(sums);
}

LengthCorrelation length_correlation(const std::vector<ScoredPair>& pairs,
                                     const eval::BootstrapOptions& options) {
  std::vector<double> scores, lengths;
  for (const auto& pair : pairs) {
    scores.insert(scores.end(), {pair.score_1, pair.score_2});
    lengths.insert(lengths.end(),
                   {static_cast<double>(pair.length_1), static_cast<double>(pair.length_2)});
  }
  const auto score_ranks = centred(ranks(scores)), length_ranks = centred(ranks(lengths));
  const auto x = centred(scores), y = centred(lengths);
  const auto units = sums_by_image(pairs, 2 * kNumSums, [&](std::vector<double>& sums, size_t i) {
    for (const size_t answer : {2 * i, 2 * i + 1}) {
      add(&sums[0], x[answer], y[answer]);
      add(&sums[kNumSums], score_ranks[answer], length_ranks[answer]);
    }
  });
  const auto figures = eval::bootstrap(
      units,
      [](const std::vector<double>& sums) {
        if (sums.empty()) return std::vector<double>(2, std::numeric_limits<double>::quiet_NaN());
        return std::vector<double>{correlation_of(&sums[0]), correlation_of(&sums[kNumSums])};
      },
      options);
  return {.pearson = figures[0], .spearman = figures[1]};
}

}  // namespace plumbline::audit
