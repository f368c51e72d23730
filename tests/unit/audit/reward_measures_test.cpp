#include "plumbline/audit/reward_measures.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "scored_pairs.h"

namespace plumbline::audit {
namespace {

constexpr double kExact = 1e-12;

const GroupAccuracy& group(const std::vector<GroupAccuracy>& groups, const std::string& name) {
  static const GroupAccuracy none;
  for (const auto& g : groups) {
    if (g.group == name) return g;
  }
  ADD_FAILURE() << "no group " << name;
  return none;
}

ScoredPair with_lengths(double lead, double target, int64_t first, int64_t second) {
  auto pair = scored(lead, target);
  pair.length_1 = first;
  pair.length_2 = second;
  return pair;
}

ScoredPair with_false(double lead, double target, double first, double second) {
  auto pair = scored(lead, target);
  pair.false_1 = first;
  pair.false_2 = second;
  return pair;
}

TEST(RewardMeasures, AccuracyLeavesTiesOutAndHalvesEqualScores) {
  // Right, wrong, equal, tied twice.
  const auto m = reward_measures({scored(1, 1, "a"), scored(1, 0, "b"), scored(0, 1, "b"),
                                  scored(2, .5, "c"), scored(-2, .5, "c")},
                                 {.samples = 20});
  EXPECT_EQ(m.num_pairs, 5);
  EXPECT_EQ(m.num_ties, 2);
  EXPECT_EQ(m.num_images, 3);
  EXPECT_DOUBLE_EQ(m.accuracy.value, 1.5 / 3);
}

TEST(RewardMeasures, LogLossByHand) {
  // Leads of log 3: probability 3/4. Right, wrong, and a tie between equals.
  const double lead = std::log(3);
  const auto m = reward_measures({scored(lead, 1), scored(lead, 0), scored(0, .5)}, {.samples = 5});
  EXPECT_NEAR(m.log_loss.value, -(std::log(.75) + std::log(.25) + std::log(.5)) / 3, kExact);
  // Where a naive formula has log 0.
  EXPECT_NEAR(reward_measures({scored(-1000, 1)}, {.samples = 0}).log_loss.value, 1000, kExact);
  EXPECT_NEAR(reward_measures({scored(1000, 1)}, {.samples = 0}).log_loss.value, 0, kExact);
}

TEST(RewardMeasures, ByTypeInTheOrderOfNames) {
  const auto m = reward_measures({scored(1, 1, "a", "z"), scored(1, 0, "a", "z"),
                                  scored(1, 1, "a", "b"), scored(1, .5, "a", "only ties")},
                                 {.samples = 5});
  ASSERT_EQ(m.types.size(), 3U);
  EXPECT_EQ(m.types[0].group, "b");
  EXPECT_EQ(m.types[0].accuracy.value, 1);
  EXPECT_EQ(m.types[1].pairs, 0);
  EXPECT_TRUE(std::isnan(m.types[1].accuracy.value));
  EXPECT_EQ(m.types[2].pairs, 2);
  EXPECT_EQ(m.types[2].accuracy.value, .5);
}

TEST(RewardMeasures, ByLengthOfTheBetterAnswer) {
  const auto m = reward_measures(
      {with_lengths(1, 1, 20, 10), with_lengths(1, 0, 10, 20),  // longer: right, wrong
       with_lengths(1, 1, 10, 20),                              // shorter: right
       with_lengths(1, 0, 9, 10), with_lengths(1, 0, 10, 9),    // 10 % of the longer one: equal
       with_lengths(1, 0, 0, 0), with_lengths(1, 1, 89, 100),   // more than 10 %: shorter
       with_lengths(1, .5, 5, 50)},
      {.samples = 5});
  EXPECT_EQ(group(m.lengths, "better longer").pairs, 2);
  EXPECT_EQ(group(m.lengths, "better longer").accuracy.value, .5);
  EXPECT_EQ(group(m.lengths, "about equal").pairs, 3);
  EXPECT_EQ(group(m.lengths, "about equal").accuracy.value, 0);
  EXPECT_EQ(group(m.lengths, "better shorter").pairs, 2);
  EXPECT_EQ(group(m.lengths, "better shorter").accuracy.value, 1);
}

TEST(RewardMeasures, ByFalseClaims) {
  const auto m = reward_measures(
      {with_false(1, 1, 0, 0), with_false(1, 0, 1, 1), with_false(1, 1, 0, 1),
       with_false(1, 0, 3, 0), with_false(1, 1, 0, 2), with_false(1, 1, 2, 0), scored(1, 1)},
      {.samples = 5});
  EXPECT_EQ(group(m.hallucinations, "equal").pairs, 2);
  EXPECT_EQ(group(m.hallucinations, "equal").accuracy.value, .5);
  EXPECT_EQ(group(m.hallucinations, "1 more").pairs, 1);
  EXPECT_EQ(group(m.hallucinations, "2+ more").pairs, 2);
  EXPECT_EQ(group(m.hallucinations, "2+ more").accuracy.value, .5);
  EXPECT_EQ(group(m.hallucinations, "fewer").pairs, 1);
}

TEST(RewardMeasures, BaselinesByHand) {
  auto known = with_lengths(0, 1, 5, 5);
  known.overlap_1 = .5;
  known.overlap_2 = .25;
  const auto m = reward_measures({with_lengths(0, 1, 20, 10), with_lengths(0, 0, 11, 12),
                                  with_lengths(0, 0, 3, 1), known, with_lengths(0, .5, 9, 1)},
                                 {.samples = 5});
  EXPECT_EQ(group(m.baselines, "longer wins").accuracy.value, 2.5 / 4);
  EXPECT_EQ(group(m.baselines, "shorter wins").accuracy.value, 1.5 / 4);
  EXPECT_EQ(group(m.baselines, "more overlap with the facts wins").pairs, 1);
  EXPECT_EQ(group(m.baselines, "more overlap with the facts wins").accuracy.value, 1);
}

// Every figure of a result, for comparison.
std::vector<std::pair<std::string, eval::Interval>> all_figures(const RewardMeasures& m) {
  std::vector<std::pair<std::string, eval::Interval>> result = {{"accuracy", m.accuracy},
                                                                {"log loss", m.log_loss},
                                                                {"ece", m.calibration.ece},
                                                                {"pearson", m.length.pearson},
                                                                {"spearman", m.length.spearman}};
  for (const auto* groups : {&m.types, &m.lengths, &m.hallucinations, &m.baselines}) {
    for (const auto& g : *groups) result.emplace_back(g.group, g.accuracy);
  }
  return result;
}

TEST(RewardMeasures, SidesAndOrderDoNotMatter) {
  const auto pairs = random_pairs(300, 9);
  const auto expected = all_figures(reward_measures(pairs, {.samples = 50}));
  for (const auto& same : {swapped(pairs), shuffled(pairs)}) {
    const auto figures = all_figures(reward_measures(same, {.samples = 50}));
    ASSERT_EQ(figures.size(), expected.size());
    for (size_t i = 0; i < figures.size(); ++i) {
      SCOPED_TRACE(expected[i].first);
      EXPECT_NEAR(figures[i].second.value, expected[i].second.value, kExact);
      EXPECT_NEAR(figures[i].second.low, expected[i].second.low, kExact);
      EXPECT_NEAR(figures[i].second.high, expected[i].second.high, kExact);
    }
  }
}

TEST(RewardMeasures, GroupsAddUpToTheWhole) {
  const auto m = reward_measures(random_pairs(500, 10), {.samples = 0});
  for (const auto* groups : {&m.types, &m.lengths}) {
    int64_t pairs = 0;
    double right = 0;
    for (const auto& g : *groups) {
      pairs += g.pairs;
      right += g.accuracy.value * static_cast<double>(g.pairs);
    }
    EXPECT_EQ(pairs, m.num_pairs - m.num_ties);
    EXPECT_NEAR(right / static_cast<double>(pairs), m.accuracy.value, kExact);
  }
}

// Pairs of one image are one observation: with all of them of one image there is no other.
TEST(RewardMeasures, ImagesAreResampledAsAWhole) {
  auto pairs = random_pairs(300, 11);
  const auto apart = reward_measures(pairs, {.samples = 200});
  EXPECT_LT(apart.accuracy.low, apart.accuracy.value);
  for (auto& p : pairs) p.image = "one";
  const auto together = reward_measures(pairs, {.samples = 200});
  EXPECT_EQ(together.accuracy.low, together.accuracy.value);
  EXPECT_NEAR(together.accuracy.value, apart.accuracy.value, kExact);
}

TEST(RewardMeasures, OfNothingAndOfNoNumbers) {
  const auto none = reward_measures({}, {});
  EXPECT_EQ(none.num_pairs, 0);
  EXPECT_TRUE(std::isnan(none.accuracy.value));
  EXPECT_TRUE(none.types.empty());
  EXPECT_THROW(reward_measures({scored(std::nan(""), 1)}, {}), NumericError);
}

}  // namespace
}  // namespace plumbline::audit
