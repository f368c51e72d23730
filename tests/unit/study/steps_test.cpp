#include "plumbline/study/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace plumbline::study {
namespace {

TEST(Whereabouts, GuessesByThePaceSoFar) {
  const std::vector<Step> steps = {{"a", 30}, {"b", 90}, {"c", 60}};
  EXPECT_EQ(whereabouts(steps, 0, 0), "1/3, about 3:00 left");
  EXPECT_EQ(whereabouts(steps, 1, 90), "2/3, about 5:00 left");
  EXPECT_EQ(whereabouts(steps, 2, 270), "3/3, about 2:00 left");
}

TEST(Whereabouts, ATinyFirstStepSaysLittle) {
  EXPECT_EQ(whereabouts({{"a", 0.1}, {"b", 3000}}, 1, 0.0), "2/2, about 49:50 left");
}

TEST(Whereabouts, WhatIsDoneTakesNoTime) {
  const std::vector<Step> steps = {{"a", 10, true}, {"b", 20}, {"c", 30, true}};
  EXPECT_EQ(whereabouts(steps, 1, 0), "2/3, about 0:20 left");
}

TEST(CarryOut, RunsInOrderWhatIsNotDone) {
  std::vector<std::string> ran;
  const auto note = [&](const char* name) { return [&ran, name] { ran.push_back(name); }; };
  carry_out("test",
            {{"a", 1, false, note("a")}, {"b", 1, true, note("b")}, {"c", 1, false, note("c")}});
  EXPECT_THAT(ran, testing::ElementsAre("a", "c"));
}

TEST(CarryOut, AFailedStepEndsIt) {
  bool went_on = false;
  EXPECT_THROW(carry_out("test", {{"a", 1, false, [] { throw std::runtime_error("no"); }},
                                  {"b", 1, false, [&] { went_on = true; }}}),
               std::runtime_error);
  EXPECT_FALSE(went_on);
}

}  // namespace
}  // namespace plumbline::study
