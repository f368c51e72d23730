#include "plumbline/world/grounding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

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

TEST(Grounding, PlacesAreFirstAndLastRowAndColumn) {
  const auto record = places_conversation(kitchen(), "p", "0.png", random_key(1, "grounding_test"));
  ASSERT_EQ(record.turns.size(), 2U);
  EXPECT_THAT(record.turns[1].text, HasSubstr("cup 1 2 1 1."));
  EXPECT_THAT(record.turns[1].text, HasSubstr("chair 2 2 4 4."));
  EXPECT_THAT(record.turns[1].text, HasSubstr("lamp 4 4 2 2."));
}

TEST(Grounding, RelationsHoldAndGoBothWays) {
  // Above each other: cups over the lamp, the chair over the lamp. Left: cups of the chair, cups
  // of the lamp, the lamp of the chair.
  const std::set<std::string> all = {
      "the cups are above the lamp.",    "the lamp is below the cups.",
      "the chair is above the lamp.",    "the lamp is below the chair.",
      "the cups are left of the chair.", "the chair is right of the cups.",
      "the cups are left of the lamp.",  "the lamp is right of the cups.",
      "the lamp is left of the chair.",  "the chair is right of the lamp."};
  std::set<std::string> seen;
  for (uint64_t i = 0; i < 30; ++i) {
    const auto record =
        relations_conversation(kitchen(), "r", "0.png", random_key(1, "grounding_test").at(i));
    std::istringstream text(record.turns[1].text);
    int count = 0;
    for (std::string sentence; std::getline(text, sentence, '.'); ++count) {
      if (sentence.starts_with(' ')) sentence.erase(0, 1);
      EXPECT_TRUE(all.contains(sentence + ".")) << sentence;
      seen.insert(sentence + ".");
    }
    EXPECT_EQ(count, 5);
  }
  EXPECT_EQ(seen, all);
}

}  // namespace
}  // namespace plumbline::world
