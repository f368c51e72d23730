#include "plumbline/audit/calibration.h"

#include <algorithm>
#include <cmath>

namespace plumbline::audit {
namespace {

constexpr double kLowest = 0.5, kBinWidth = (1 - kLowest) / kNumConfidenceBins;

// Sums of one bin.
enum Sum : size_t { kPairs, kConfidence, kRight, kNumSums };

double confidence_of(const ScoredPair& pair) {
  return 1 / (1 + std::exp(-std::abs(pair.score_1 - pair.score_2)));
}

void add_pair(std::vector<double>& sums, const ScoredPair& pair) {
  if (is_tie(pair)) return;
  const double confidence = confidence_of(pair);
  const auto bin = static_cast<size_t>(
      std::clamp((confidence - kLowest) / kBinWidth, 0.0, kNumConfidenceBins - 1.0));
  double* const s = &sums[bin * kNumSums];
  s[kPairs] += 1;
  s[kConfidence] += confidence;
  s[kRight] += credit(pair, pair.score_1, pair.score_2);
}

// Of sums over some pairs. The weight of a bin is its share of pairs, which its means' divisor
// cancels.
double ece_of(const std::vector<double>& sums) {
  double pairs = 0, gap = 0;
  for (size_t at = 0; at < sums.size(); at += kNumSums) {
    pairs += sums[at + kPairs];
    gap += std::abs(sums[at + kRight] - sums[at + kConfidence]);
  }
  return eval::ratio(gap, pairs);
}

}  // namespace

Calibration calibration(const std::vector<ScoredPair>& pairs,
                        const eval::BootstrapOptions& options) {
  const auto units =
      sums_by_image(pairs, kNumConfidenceBins * kNumSums,
                    [&](std::vector<double>& sums, size_t i) { add_pair(sums, pairs[i]); });
  Calibration result;
  std::vector<double> total(kNumConfidenceBins * kNumSums);
  for (const auto& pair : pairs) add_pair(total, pair);
  for (int b = 0; b < kNumConfidenceBins; ++b) {
    const double* const s = &total[static_cast<size_t>(b) * kNumSums];
    result.bins.push_back({.low = kLowest + kBinWidth * b,
                           .high = kLowest + kBinWidth * (b + 1),
                           .pairs = static_cast<int64_t>(s[kPairs]),
                           .confidence = eval::ratio(s[kConfidence], s[kPairs]),
                           .accuracy = eval::ratio(s[kRight], s[kPairs])});
  }
  result.ece = eval::bootstrap(
      units, [](const auto& sums) { return std::vector<double>{ece_of(sums)}; }, options)[0];
  return result;
}

}  // namespace plumbline::audit
