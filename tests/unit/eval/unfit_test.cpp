#include "plumbline/eval/unfit.h"

#include <gtest/gtest.h>

namespace plumbline::eval {
namespace {

TEST(Unfit, SaysAllPartsAndEndsWith3) {
  constexpr Unfit unfit{"reading cups"};
  const auto error = unfit("a cup", "a dog", "cups.json:3", "look again.");
  EXPECT_STREQ(error.what(),
               "[eval] reading cups: expected a cup, got a dog (cups.json:3).\nHint: look again.");
  EXPECT_EQ(error.exit_code(), 3);
}

TEST(Unfit, TheUsualHintStandsWhereThereIsNoOther) {
  constexpr Unfit unfit{"reading cups", "wash up."};
  EXPECT_STREQ(unfit("a cup", "a dog", "x").what(),
               "[eval] reading cups: expected a cup, got a dog (x).\nHint: wash up.");
  EXPECT_STREQ(unfit("a cup", "a dog", "x", "look again.").what(),
               "[eval] reading cups: expected a cup, got a dog (x).\nHint: look again.");
}

}  // namespace
}  // namespace plumbline::eval
