#include "plumbline/world/scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "samples.h"

namespace plumbline::world {
namespace {

TEST(Scene, NamesAreDistinctWordsEvenInThePlural) {
  std::set<std::string> words;
  for (const std::string& noun : categories()) {
    words.insert(noun);
    words.insert(plural(noun));
  }
  for (const auto* names : {&colors(), &environments()}) words.insert(names->begin(), names->end());
  EXPECT_EQ(categories().size(), 24u);
  EXPECT_EQ(colors().size(), 8u);
  EXPECT_EQ(environments().size(), 8u);
  EXPECT_EQ(words.size(), 2 * 24u + 8 + 8);
  for (const std::string& word : words) {
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string::npos) << word;
  }
}

// "a" stands before nouns and places, so none may begin with a vowel.
TEST(Scene, NounsTakeTheArticleA) {
  for (const auto* names : {&categories(), &environments()}) {
    for (const std::string& name : *names)
      EXPECT_EQ(std::string("aeiou").find(name[0]), std::string::npos);
  }
}

TEST(Scene, EnvironmentsHaveSixDistinctTypicalObjects) {
  for (int e = 0; e < 8; ++e) {
    std::set<int> distinct;
    for (const Typical& t : typical_objects(e)) distinct.insert(t.category);
    EXPECT_EQ(distinct.size(), 6u);
    EXPECT_EQ(typical_objects(e).front().weight, 3);
    EXPECT_EQ(typical_objects(e).back().weight, 1);
  }
}

TEST(Scene, PopularityIsADistribution) {
  EXPECT_NEAR(std::accumulate(popularity().begin(), popularity().end(), 0.0), 1.0, 1e-12);
}

TEST(Scene, SidesAreStrictForAllCopies) {
  const Scene scene = kitchen();
  const Kind &cups = scene.kinds[0], &chair = scene.kinds[1], &lamp = scene.kinds[2];
  EXPECT_TRUE(is_on_side(cups, Side::Left, chair));
  EXPECT_TRUE(is_on_side(cups, Side::Left, chair, 3));
  EXPECT_FALSE(is_on_side(cups, Side::Left, lamp, 2));
  EXPECT_TRUE(is_on_side(chair, Side::Right, cups));
  EXPECT_FALSE(is_on_side(cups, Side::Above, chair));  // one cup stands in the chair's row
  EXPECT_TRUE(is_on_side(cups, Side::Above, lamp));
  EXPECT_TRUE(is_on_side(lamp, Side::Below, cups));
}

TEST(Scene, HeldOutColoursVary) {
  std::set<int> distinct;
  for (int c = 0; c < 24; ++c) distinct.insert(held_out_color(c));
  EXPECT_GE(distinct.size(), 4u);
}

}  // namespace
}  // namespace plumbline::world
