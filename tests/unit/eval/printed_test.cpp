#include "plumbline/eval/printed.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumbline::eval {
namespace {

TEST(Printed, FixedRoundsTheBinaryValueTiesToEven) {
  EXPECT_EQ(printed(12.0 / 96, {.digits = 2}), "0.12");
  EXPECT_EQ(printed(36.0 / 96, {.digits = 2}), "0.38");
  EXPECT_EQ(printed(2.675, {.digits = 2}), "2.67");
  EXPECT_EQ(printed(0.5, {.digits = 1, .scale = 100}), "50.0");
}

TEST(Printed, RoundedIsPythonsShortestForm) {
  const Format two = {.style = Format::Style::Rounded, .digits = 2};
  EXPECT_EQ(printed(3.5, two), "3.5");
  EXPECT_EQ(printed(0, two), "0.0");
  EXPECT_EQ(printed(3, two), "3.0");
  EXPECT_EQ(printed(3.14159, two), "3.14");
  EXPECT_EQ(printed(2.675, two), "2.67");
}

TEST(Printed, WhatIsNoNumberIsNotApplicable) {
  EXPECT_EQ(printed(std::numeric_limits<double>::quiet_NaN(), {}), "n/a");
}

TEST(PythonRound, IsANumberAgain) {
  EXPECT_EQ(python_round(0.8335, 3), 0.834);
  EXPECT_EQ(python_round(0.0625, 3), 0.062);
  EXPECT_EQ(python_round(-1.25, 1), -1.2);
}

}  // namespace
}  // namespace plumbline::eval
