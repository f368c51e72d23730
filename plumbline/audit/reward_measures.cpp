#include "plumbline/audit/reward_measures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <set>

namespace plumbline::audit {
namespace {

// The mean of `value` over the pairs that have one.
struct Mean {
  std::string name;
  std::function<std::optional<double>(const ScoredPair&)> value;
};

std::vector<GroupAccuracy> means(const std::vector<ScoredPair>& pairs,
                                 const std::vector<Mean>& wanted,
                                 const eval::BootstrapOptions& options) {
  std::vector<int64_t> count(wanted.size());
  const auto units =
      sums_by_image(pairs, 2 * wanted.size(), [&](std::vector<double>& sums, size_t i) {
        for (size_t m = 0; m < wanted.size(); ++m) {
          const auto value = wanted[m].value(pairs[i]);
          if (!value) continue;
          ++count[m];
          sums[2 * m] += *value;
          sums[2 * m + 1] += 1;
        }
      });
  const auto figures = [&](const std::vector<double>& sums) {
    std::vector<double> result(wanted.size(), std::numeric_limits<double>::quiet_NaN());
    for (size_t m = 0; 2 * m < sums.size(); ++m)
      result[m] = eval::ratio(sums[2 * m], sums[2 * m + 1]);
    return result;
  };
  const auto intervals = eval::bootstrap(units, figures, options);
  std::vector<GroupAccuracy> result;
  for (size_t m = 0; m < wanted.size(); ++m) {
    result.push_back({wanted[m].name, count[m], intervals[m]});
  }
  return result;
}

// -t log sigmoid(d) - (1 - t) log sigmoid(-d), for any d.
double cross_entropy(const ScoredPair& pair) {
  const double d = pair.score_1 - pair.score_2;
  return std::log1p(std::exp(-std::abs(d))) + std::max(-d, 0.0) + (1 - pair.target) * d;
}

std::optional<double> right(const ScoredPair& pair) {
  if (is_tie(pair)) return std::nullopt;
  return credit(pair, pair.score_1, pair.score_2);
}

// `right` of the pairs in a group.
Mean accuracy(const std::string& name, const std::function<bool(const ScoredPair&)>& is_in_group) {
  return {name, [is_in_group](const ScoredPair& pair) {
            return !is_tie(pair) && is_in_group(pair) ? right(pair) : std::nullopt;
          }};
}

std::vector<Mean> by_type(const std::vector<ScoredPair>& pairs) {
  std::set<std::string> types;
  for (const auto& pair : pairs) types.insert(pair.type);
  std::vector<Mean> result;
  for (const auto& type : types) {
    result.push_back(accuracy(type, [type](const ScoredPair& pair) { return pair.type == type; }));
  }
  return result;
}

// 1 the better answer is longer, -1 shorter, 0 within 10 %.
int length_lead(const ScoredPair& pair) {
  const int64_t better = of_better(pair, pair.length_1, pair.length_2),
                worse = of_worse(pair, pair.length_1, pair.length_2);
  if (10 * std::abs(better - worse) <= std::max(better, worse)) return 0;
  return better > worse ? 1 : -1;
}

std::vector<Mean> by_length() {
  std::vector<Mean> result;
  for (const auto& [name, lead] :
       {std::pair{"better longer", 1}, {"about equal", 0}, {"better shorter", -1}}) {
    result.push_back(accuracy(
        name, [lead = lead](const ScoredPair& pair) { return length_lead(pair) == lead; }));
  }
  return result;
}

// How many more false claims the worse answer has, at least -1 and at most 2.
std::optional<int> extra_false(const ScoredPair& pair) {
  if (!pair.false_1 || !pair.false_2) return std::nullopt;
  const double extra =
      of_worse(pair, *pair.false_1, *pair.false_2) - of_better(pair, *pair.false_1, *pair.false_2);
  return static_cast<int>(std::lround(std::clamp(extra, -1.0, 2.0)));
}

std::vector<Mean> by_hallucination() {
  std::vector<Mean> result;
  int extra = -1;
  for (const char* name : {"fewer", "equal", "1 more", "2+ more"}) {
    result.push_back(
        accuracy(name, [extra](const ScoredPair& pair) { return extra_false(pair) == extra; }));
    ++extra;
  }
  return result;
}

std::vector<Mean> baselines() {
  const auto longer = [](const ScoredPair& pair) {
    return credit(pair, static_cast<double>(pair.length_1), static_cast<double>(pair.length_2));
  };
  const auto unless_tie = [](auto value) {
    return [value](const ScoredPair& pair) -> std::optional<double> {
      if (is_tie(pair)) return std::nullopt;
      return value(pair);
    };
  };
  return {{"longer wins", unless_tie(longer)},
          {"shorter wins", unless_tie([longer](const ScoredPair& p) { return 1 - longer(p); })},
          {"more overlap with the facts wins",
           unless_tie([](const ScoredPair& p) -> std::optional<double> {
             if (!p.overlap_1 || !p.overlap_2) return std::nullopt;
             return credit(p, *p.overlap_1, *p.overlap_2);
           })}};
}

}  // namespace

RewardMeasures reward_measures(const std::vector<ScoredPair>& pairs,
                               const eval::BootstrapOptions& options) {
  check_pairs(pairs);
  RewardMeasures result;
  result.num_pairs = static_cast<int64_t>(pairs.size());
  std::set<std::string> images;
  for (const auto& pair : pairs) {
    images.insert(pair.image);
    result.num_ties += is_tie(pair) ? 1 : 0;
  }
  result.num_images = static_cast<int64_t>(images.size());
  const auto overall = means(pairs, {{"accuracy", right}, {"log loss", cross_entropy}}, options);
  result.accuracy = overall[0].accuracy;
  result.log_loss = overall[1].accuracy;
  result.types = means(pairs, by_type(pairs), options);
  result.lengths = means(pairs, by_length(), options);
  result.hallucinations = means(pairs, by_hallucination(), options);
  result.baselines = means(pairs, baselines(), options);
  result.calibration = calibration(pairs, options);
  result.scores = score_histogram(pairs);
  result.length = length_correlation(pairs, options);
  return result;
}

}  // namespace plumbline::audit
