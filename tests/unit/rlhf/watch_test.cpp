#include "plumbline/rlhf/watch.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"

namespace plumbline::rlhf {
namespace {

train::Metrics figures(double length, double repetition) {
  return {{"response/length", length}, {"response/repetition", repetition}};
}

config::PpoConfig config_with(double length_alarm, double repetition_alarm, double kl_ceiling) {
  config::PpoConfig c;
  c.length_alarm = length_alarm;
  c.repetition_alarm = repetition_alarm;
  c.kl_ceiling = kl_ceiling;
  return c;
}

TEST(Watch, AlarmsOnceWhileAnswersGrowAndAgainAfterwards) {
  Watch watch(config_with(2, 0.2, 0));
  const auto alarms = [&](double length, double repetition) {
    auto f = figures(length, repetition);
    const auto result = watch.look(f);
    EXPECT_EQ(f.at("alarm/length") == 1, length > 20 || length < 5);
    return result.size();
  };
  EXPECT_EQ(alarms(10, 0.1), 0U);
  EXPECT_EQ(alarms(20, 0.3), 0U) << "up to the limit";
  EXPECT_EQ(alarms(21, 0.1), 1U);
  EXPECT_EQ(alarms(30, 0.1), 0U) << "it was said";
  EXPECT_EQ(alarms(12, 0.35), 1U) << "repetition";
  EXPECT_EQ(alarms(4, 0.1), 1U) << "shorter, again";
}

TEST(Watch, RemembersAcrossRuns) {
  Watch first(config_with(2, 0.2, 0));
  auto f = figures(10, 0);
  first.look(f);
  Watch second(config_with(2, 0.2, 0));
  second.remember(nlohmann::json::parse(first.memory().dump()));
  auto g = figures(25, 0);
  EXPECT_EQ(second.look(g).size(), 1U) << "the start was 10";
}

TEST(Watch, TheKlHasACeiling) {
  EXPECT_FALSE(is_beyond_ceiling(50, {}));
  EXPECT_FALSE(is_beyond_ceiling(5, config_with(0, 0, 5)));
  EXPECT_TRUE(is_beyond_ceiling(5.1, config_with(0, 0, 5)));
  EXPECT_THAT(kl_ceiling_error(5.1, config_with(0, 0, 5), 3).what(),
              testing::HasSubstr("iteration 4"));
}

}  // namespace
}  // namespace plumbline::rlhf
