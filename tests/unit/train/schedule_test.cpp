#include "plumbline/train/schedule.h"

#include <gtest/gtest.h>

namespace plumbline::train {
namespace {

TEST(Schedule, RisesOverTheWarmupAndNeverStartsAtZero) {
  config::OptimizerConfig c;
  c.warmup_ratio = 0.04;
  c.schedule = config::Schedule::Constant;
  EXPECT_DOUBLE_EQ(schedule_factor(c, 0, 100), 0.25);
  EXPECT_DOUBLE_EQ(schedule_factor(c, 3, 100), 1);
  EXPECT_DOUBLE_EQ(schedule_factor(c, 99, 100), 1);
}

TEST(Schedule, LinearAndCosineFallToZeroJustAfterTheEnd) {
  config::OptimizerConfig c;
  c.warmup_ratio = 0;
  c.schedule = config::Schedule::Linear;
  EXPECT_DOUBLE_EQ(schedule_factor(c, 0, 10), 1);
  EXPECT_DOUBLE_EQ(schedule_factor(c, 5, 10), 0.5);
  EXPECT_NEAR(schedule_factor(c, 9, 10), 0.1, 1e-12);
  c.schedule = config::Schedule::Cosine;
  EXPECT_NEAR(schedule_factor(c, 5, 10), 0.5, 1e-12);
  EXPECT_NEAR(schedule_factor(c, 10, 10), 0, 1e-12);
  EXPECT_GT(schedule_factor(c, 9, 10), 0);
}

}  // namespace
}  // namespace plumbline::train
