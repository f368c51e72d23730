#include "plumbline/audit/scored_pair.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "plumbline/base/error.h"

namespace plumbline::audit {

bool is_tie(const ScoredPair& pair) { return pair.target == 0.5; }

double credit(const ScoredPair& pair, double first, double second) {
  const double better = of_better(pair, first, second), worse = of_worse(pair, first, second);
  return better == worse ? 0.5 : better > worse ? 1 : 0;
}

void check_pairs(const std::vector<ScoredPair>& pairs) {
  for (const ScoredPair& p : pairs) {
    PLUMBLINE_CHECK(p.target >= 0 && p.target <= 1, fmt::format("target {}", p.target));
    PLUMBLINE_CHECK(p.length_1 >= 0 && p.length_2 >= 0,
                    fmt::format("lengths {} and {}", p.length_1, p.length_2));
    if (std::isfinite(p.score_1) && std::isfinite(p.score_2)) continue;
    throw NumericError(Complaint{.component = "audit",
                                 .doing = "measuring a reward model",
                                 .expected = "finite scores",
                                 .got = fmt::format("{} and {}", p.score_1, p.score_2),
                                 .where = p.image});
  }
}

std::vector<std::vector<double>> sums_by_image(
    const std::vector<ScoredPair>& pairs, size_t width,
    const std::function<void(std::vector<double>& sums, size_t index)>& add) {
  std::map<std::string, std::vector<double>> by_image;
  for (size_t i = 0; i < pairs.size(); ++i) {
    add(by_image.try_emplace(pairs[i].image, width, 0.0).first->second, i);
  }
  std::vector<std::vector<double>> units;
  for (auto& [image, sums] : by_image) units.push_back(std::move(sums));
  return units;
}

}  // namespace plumbline::audit
