#include "plumbline/train/metrics.h"

#include <gmock/gmock.h>

#include <limits>

#include "plumbline/base/error.h"

namespace plumbline::train {
namespace {

TEST(CheckFinite, NamesStageStepAndFigures) {
  EXPECT_NO_THROW(check_finite("ppo", 3, {{"loss", 1.0}}));
  try {
    check_finite("ppo", 3, {{"loss", std::numeric_limits<double>::quiet_NaN()}, {"kl", 1.0}});
    FAIL();
  } catch (const NumericError& e) {
    EXPECT_EQ(e.exit_code(), 4);
    EXPECT_THAT(e.what(), testing::HasSubstr("[ppo] training, step 3"));
    EXPECT_THAT(e.what(), testing::HasSubstr("loss = nan"));
    EXPECT_THAT(e.what(), testing::Not(testing::HasSubstr("kl")));
  }
}

TEST(FirstNames, AreSixteenAtMost) {
  EXPECT_EQ(first_names("examples", {"a", "b"}), "examples a, b");
  EXPECT_EQ(first_names("examples", {}), "examples");
  const std::vector<std::string> many(17, "a");
  EXPECT_THAT(first_names("examples", many), testing::EndsWith(" a, a, ..."));
  EXPECT_THAT(first_names("examples", {many.begin() + 1, many.end()}), testing::EndsWith(" a, a"));
}

TEST(PhaseTimer, AddsUpByName) {
  PhaseTimer timer;
  timer.phase("a");
  timer.phase("b");
  timer.phase("a");
  EXPECT_EQ(timer.metrics().size(), 2U);
  EXPECT_GE(timer.metrics().at("time/a_seconds"), 0);
}

}  // namespace
}  // namespace plumbline::train
