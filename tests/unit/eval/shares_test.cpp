#include "plumbline/eval/shares.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::eval {
namespace {

TEST(Shares, DivideRightByAll) {
  Tally tally;
  Shares shares;
  const size_t a = shares.declare(tally, {.name = "a"});
  const size_t b = shares.declare(tally, {.name = "b"});
  shares.declare(tally, {.name = "c"});
  shares.add(tally, "u", a, 1);
  shares.add(tally, "v", a, 0);
  shares.add(tally, "v", b, 0.25);
  const auto values =
      shares.values(total({.num_sums = tally.num_columns(), .units = tally.units()}));
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(values[0], 0.5);
  EXPECT_EQ(values[1], 0.25);
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_EQ(shares.specs()[1].name, "b");
}

}  // namespace
}  // namespace plumbline::eval
