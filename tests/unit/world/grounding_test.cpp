#include "plumbline/world/grounding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.h"

namespace plumbline::world {
namespace {

using testing::HasSubstr;

TEST(Grounding, TheGridNamesEachCellRowByRow) {
  const auto record = grid_conversation(kitchen(), "g", "000001.png");
  ASSERT_EQ(record.turns.size(), 6U);
  EXPECT_TRUE(record.turns[0].text.starts_with("<image>\n"));
  EXPECT_EQ(record.turns[1].text,
            "cup none none none cup none none chair none none none none none lamp none none.");
  EXPECT_EQ(record.turns[3].text,
            "red none none none red none none blue none none none none none white none none.");
  EXPECT_EQ(record.turns[5].text,
            "small none none none small none none large none none none none none small none none.");
}

TEST(Grounding, TheInventoryTellsAllThatIsThereAndDeniesTheRest) {
  const std::string text = inventory(kitchen(), random_key(3, "grounding_test"));
  EXPECT_THAT(text, HasSubstr("cup two small red."));
  EXPECT_THAT(text, HasSubstr("chair a large blue."));
  EXPECT_THAT(text, HasSubstr("lamp a small white."));
  EXPECT_EQ(std::count(text.begin(), text.end(), '.'), kInventoryLength);
  size_t denied = 0;
  for (size_t at = text.find(" none."); at != std::string::npos; at = text.find(" none.", at + 1))
    ++denied;
  EXPECT_EQ(denied, kInventoryLength - kitchen().kinds.size());
  EXPECT_NE(text, inventory(kitchen(), random_key(4, "grounding_test"))) << "order is drawn";
}

}  // namespace
}  // namespace plumbline::world
