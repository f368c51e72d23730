#include "plumbline/audit/paired_comparison.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::audit {
namespace {

enum Sum : size_t { kPairs, kRightA, kRightB, kNumSums };

double right(const ScoredPair& pair) { return credit(pair, pair.score_1, pair.score_2); }

void check_same(const std::vector<ScoredPair>& a, const std::vector<ScoredPair>& b) {
  PLUMBLINE_CHECK(a.size() == b.size(), fmt::format("{} and {} pairs", a.size(), b.size()));
  for (size_t i = 0; i < a.size(); ++i) {
    PLUMBLINE_CHECK(a[i].image == b[i].image && a[i].target == b[i].target,
                    fmt::format("pair {}: image '{}' and '{}', target {} and {}", i, a[i].image,
                                b[i].image, a[i].target, b[i].target));
  }
}

std::vector<double> figures_of(const std::vector<double>& s) {
  if (s.empty()) return figures_of(std::vector<double>(kNumSums));
  return {eval::ratio(s[kRightA], s[kPairs]), eval::ratio(s[kRightB], s[kPairs]),
          eval::ratio(s[kRightA] - s[kRightB], s[kPairs])};
}

}  // namespace

PairedComparison compare_scores(const std::vector<ScoredPair>& a, const std::vector<ScoredPair>& b,
                                const eval::BootstrapOptions& options) {
  check_pairs(a);
  check_pairs(b);
  check_same(a, b);
  PairedComparison result;
  const auto units = sums_by_image(a, kNumSums, [&](std::vector<double>& sums, size_t i) {
    if (is_tie(a[i])) return;
    const double right_a = right(a[i]), right_b = right(b[i]);
    ++result.pairs;
    result.only_a_right += right_a == 1 && right_b == 0;
    result.only_b_right += right_a == 0 && right_b == 1;
    sums[kPairs] += 1;
    sums[kRightA] += right_a;
    sums[kRightB] += right_b;
  });
  const auto figures = eval::bootstrap(units, figures_of, options);
  result.accuracy_a = figures[0];
  result.accuracy_b = figures[1];
  result.difference = figures[2];
  return result;
}

}  // namespace plumbline::audit
