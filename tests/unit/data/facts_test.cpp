#include "plumbline/data/facts.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"

namespace plumbline::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(FactsOf, TriesFileNameStemAndCocoId) {
  const Facts facts = {{"a.png", {"1"}}, {"b", {"2"}}, {"139", {"3"}}};
  EXPECT_THAT(facts_of(facts, "a.png"), ElementsAre("1"));
  EXPECT_THAT(facts_of(facts, "train/b.jpg"), ElementsAre("2"));
  EXPECT_THAT(facts_of(facts, "000000000139.jpg"), ElementsAre("3"));
  EXPECT_TRUE(facts_of(facts, "c.png").empty());
  EXPECT_TRUE(facts_of(facts, "").empty());
}

TEST(ShuffledFacts, KeepsAllAndDependsOnTheKeyAlone) {
  const Facts facts = {{"a", {"1", "2", "3", "4", "5"}}};
  const RandomKey key = random_key(1, "facts");
  EXPECT_THAT(shuffled_facts(facts, "a", 9, key), UnorderedElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(shuffled_facts(facts, "a", 5, key), shuffled_facts(facts, "a", 5, key));
  EXPECT_EQ(shuffled_facts(facts, "a", 2, key).size(), 2U);
  bool differs = false;
  for (uint64_t i = 0; i < 10; ++i) {
    differs |= shuffled_facts(facts, "a", 5, key.at(i)) != shuffled_facts(facts, "a", 5, key);
  }
  EXPECT_TRUE(differs);
}

TEST(CheckFacts, NamesAnImageWithoutFacts) {
  const Facts facts = {{"a.png", {"1"}}};
  EXPECT_NO_THROW(check_facts(facts, {"a.png"}, "facts.json"));
  try {
    check_facts(facts, {"a.png", "b.png", "c.png"}, "facts.json");
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("none for 2 of them, such as 'b.png'"));
    EXPECT_THAT(e.what(), HasSubstr("facts.json"));
  }
}

}  // namespace
}  // namespace plumbline::data
