#include "plumbline/eval/unfit.h"

#include <gtest/gtest.h>

namespace plumbline::eval {
namespace {

TEST(Unfit, SaysAllPartsAndEndsWith3) {
  const auto error = unfit("reading cups", "a cup", "a dog", "cups.json:3", "look again.");
  EXPECT_STREQ(error.what(),
               "[eval] reading cups: expected a cup, got a dog (cups.json:3).\nHint: look again.");
  EXPECT_EQ(error.exit_code(), 3);
}

}  // namespace
}  // namespace plumbline::eval
