#include "plumbline/world/claims.h"

#include <gtest/gtest.h>

#include "plumbline/world/parse_answer.h"
#include "samples.h"

namespace plumbline::world {
namespace {

TEST(Claims, BareWordsBelongToTheQuestion) {
  auto color = parse_answer("red.")[0].statements[0];
  EXPECT_TRUE(bind(color, kitchen_item("attribute", "what color are the cups?", "red", "cup")));
  EXPECT_EQ(color.claims[0].category, category("cup"));
  EXPECT_FALSE(bind(color, kitchen_item("counting", "how many cups are there?", "2", "cup")));
  auto yes = parse_answer("yes.")[0].statements[0];
  EXPECT_FALSE(bind(yes, kitchen_item("description", "what can you see?")));
  auto letter = parse_answer("B.")[0].statements[0];
  EXPECT_FALSE(bind(letter, kitchen_item("yes_no", "is there a cup?", "yes", "cup")));
}

TEST(Claims, MirroredClaimsSayTheSame) {
  const auto last = [](const char* text) {
    return parse_answer(text)[0].statements.back().claims.back();
  };
  EXPECT_TRUE(says_same(last("the cup is left of the box."), last("the box is right of the cup.")));
  EXPECT_FALSE(says_same(last("the cup is left of the box."), last("the box is left of the cup.")));
  EXPECT_TRUE(says_same(last("there are as many cups as boxes."),
                        last("there are as many boxes as cups.")));
  EXPECT_TRUE(
      says_same(last("the cup is larger than the box."), last("the box is smaller than the cup.")));
  EXPECT_FALSE(says_same(last("the cup is red."), last("the box is red.")));
}

}  // namespace
}  // namespace plumbline::world
