#include "plumbline/audit/calibration.h"

#include <gtest/gtest.h>

#include "scored_pairs.h"

namespace plumbline::audit {
namespace {

constexpr double kExact = 1e-12;

// A pair in which the model favours the first answer with this confidence.
ScoredPair sure(double confidence, double target) {
  return scored(std::log(confidence / (1 - confidence)), target);
}

TEST(Calibration, ByHandOnFourPairs) {
  // Confidence .52 right, .54 wrong: accuracy .5 at .53; .97 and .98 right: accuracy 1 at .975.
  // ECE = (.03 * 2 + .025 * 2) / 4. The tie counts nowhere.
  const auto c =
      calibration({sure(.52, 1), sure(.54, 0), sure(.97, 1), sure(.98, 1), sure(.72, .5)}, {});
  ASSERT_EQ(c.bins.size(), 10U);
  EXPECT_NEAR(c.bins[0].low, .5, kExact);
  EXPECT_NEAR(c.bins[0].high, .55, kExact);
  EXPECT_EQ(c.bins[0].pairs, 2);
  EXPECT_NEAR(c.bins[0].confidence, .53, kExact);
  EXPECT_NEAR(c.bins[0].accuracy, .5, kExact);
  EXPECT_EQ(c.bins[4].pairs, 0);
  EXPECT_TRUE(std::isnan(c.bins[4].accuracy));
  EXPECT_NEAR(c.bins[9].high, 1, kExact);
  EXPECT_EQ(c.bins[9].pairs, 2);
  EXPECT_NEAR(c.bins[9].confidence, .975, kExact);
  EXPECT_NEAR(c.bins[9].accuracy, 1, kExact);
  EXPECT_NEAR(c.ece.value, .0275, kExact);
}

TEST(Calibration, GapsWithinABinCancelAndAcrossBinsDoNot) {
  // All in one bin: .52 and .54, one right: |.5 - .53|. In two bins: |1 - .52| and |0 - .57|.
  EXPECT_NEAR(calibration({sure(.52, 1), sure(.54, 0)}, {}).ece.value, .03, kExact);
  EXPECT_NEAR(calibration({sure(.52, 1), sure(.57, 0)}, {}).ece.value, (.48 + .57) / 2, kExact);
}

TEST(Calibration, EndsOfTheRangeHaveTheirBin) {
  const auto c = calibration({scored(0, 1), scored(1e4, 1), scored(-1e4, 0)}, {});
  EXPECT_EQ(c.bins[0].pairs, 1);
  EXPECT_EQ(c.bins[0].accuracy, .5);  // equal scores: a coin, and it says so
  EXPECT_EQ(c.bins[9].pairs, 2);
  EXPECT_EQ(c.bins[9].accuracy, 1);
  EXPECT_EQ(c.ece.value, 0);
}

TEST(Calibration, SidesAndOrderDoNotMatter) {
  const auto pairs = random_pairs(300, 1);
  const auto expected = calibration(pairs, {.samples = 50});
  for (const auto& same : {swapped(pairs), shuffled(pairs)}) {
    const auto c = calibration(same, {.samples = 50});
    EXPECT_NEAR(c.ece.value, expected.ece.value, kExact);
    EXPECT_NEAR(c.ece.high, expected.ece.high, kExact);
    for (size_t b = 0; b < c.bins.size(); ++b) EXPECT_EQ(c.bins[b].pairs, expected.bins[b].pairs);
  }
}

// Choices drawn by the model's own probabilities: the error goes to 0. Twice as sure: it does not.
TEST(Calibration, TellsAnHonestModelFromAnOverconfidentOne) {
  std::vector<ScoredPair> honest, overconfident;
  for (uint64_t i = 0; i < 20000; ++i) {
    Random random(random_key(3, "honest").at(i));
    const double lead = 2 * random.normal();
    const double target = random.chance(1 / (1 + std::exp(-lead))) ? 1 : 0;
    honest.push_back(scored(lead, target));
    overconfident.push_back(scored(2 * lead, target));
  }
  EXPECT_LT(calibration(honest, {.samples = 0}).ece.value, 0.02);
  EXPECT_GT(calibration(overconfident, {.samples = 0}).ece.value, 0.06);
}

TEST(Calibration, OfNothing) {
  EXPECT_TRUE(std::isnan(calibration({}, {}).ece.value));
  EXPECT_TRUE(std::isnan(calibration({scored(1, .5)}, {.samples = 5}).ece.value));
}

}  // namespace
}  // namespace plumbline::audit
