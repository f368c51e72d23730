// Scored pairs for the tests of what measures them.
#pragma once

#include <algorithm>
#include <cmath>

#include "plumbline/audit/scored_pair.h"
#include "plumbline/base/random.h"

namespace plumbline::audit {

// A pair of which the first answer leads by `lead` in the model's score.
inline ScoredPair scored(double lead, double target, const std::string& image = "a",
                         const std::string& type = "attribute") {
  return {.image = image, .type = type, .score_1 = lead, .score_2 = 0, .target = target};
}

// Scores of about two in three pairs right, of 40 images, with ties and equal values of all sorts.
inline std::vector<ScoredPair> random_pairs(int count, int64_t seed) {
  std::vector<ScoredPair> pairs;
  for (int i = 0; i < count; ++i) {
    Random random(random_key(seed, "scored_pairs").at(static_cast<uint64_t>(i)));
    ScoredPair p;
    p.image = std::to_string(random.below(40));
    p.type = random.pick(std::vector<std::string>{"attribute", "counting", "description"});
    p.target = random.pick(std::vector<double>{0, 0, 1, 1, 0.5});
    // Of few values, so that some are equal.
    const auto score = [&](double worth) {
      return std::round(4 * (worth + 1.5 * random.normal())) / 4;
    };
    p.score_1 = score(p.target);
    p.score_2 = score(1 - p.target);
    p.length_1 = random.between(1, 30);
    p.length_2 = random.between(1, 30);
    if (random.chance(0.8)) {
      p.false_1 = static_cast<double>(random.below(4));
      p.false_2 = static_cast<double>(random.below(4));
      p.overlap_1 = static_cast<double>(random.below(5)) / 4;
      p.overlap_2 = static_cast<double>(random.below(5)) / 4;
    }
    pairs.push_back(p);
  }
  return pairs;
}

// The same judgements with the answers in the other order.
inline std::vector<ScoredPair> swapped(std::vector<ScoredPair> pairs) {
  for (auto& p : pairs) {
    std::swap(p.score_1, p.score_2);
    std::swap(p.length_1, p.length_2);
    std::swap(p.false_1, p.false_2);
    std::swap(p.overlap_1, p.overlap_2);
    p.target = 1 - p.target;
  }
  return pairs;
}

inline std::vector<ScoredPair> shuffled(std::vector<ScoredPair> pairs) {
  Random random(random_key(1, "shuffled"));
  random.shuffle(pairs);
  return pairs;
}

}  // namespace plumbline::audit
