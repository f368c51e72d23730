#include "plumbline/data/facts.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(FactsOf, TriesFileNameStemAndCocoId) {
  const Facts facts = {{"a.png", {"1"}}, {"b", {"2"}}, {"139", {"3"}}, {"d.png", {"4"}}};
  EXPECT_THAT(facts_of(facts, "a.png"), ElementsAre("1"));
  EXPECT_THAT(facts_of(facts, "train/b.jpg"), ElementsAre("2"));
  EXPECT_THAT(facts_of(facts, "000000000139.jpg"), ElementsAre("3"));
  EXPECT_THAT(facts_of(facts, "COCO_val2014_000000000139.jpg"), ElementsAre("3"));
  EXPECT_THAT(facts_of(facts, "val/d.png"), ElementsAre("4"));
  EXPECT_TRUE(facts_of(facts, "other_139.jpg").empty()) << "another data set's number";
  EXPECT_TRUE(facts_of(facts, "c.png").empty());
  EXPECT_TRUE(facts_of(facts, "").empty());
}

TEST(FactsOf, MultipleChoiceHasItsOwnWhereThereAreAny) {
  const Facts facts = {{"a", {"caption"}}, {"aok_a", {"rationale"}}, {"b", {"another"}}};
  EXPECT_THAT(facts_of(facts, "a.jpg", FactKind::Aokvqa), ElementsAre("rationale"));
  EXPECT_THAT(facts_of(facts, "a.jpg"), ElementsAre("caption"));
  EXPECT_THAT(facts_of(facts, "b.jpg", FactKind::Aokvqa), ElementsAre("another"));
}

TEST(Shuffled, KeepsAllAndDependsOnTheKeyAlone) {
  const std::vector<std::string> facts = {"1", "2", "3", "4", "5"};
  const RandomKey key = random_key(1, "facts_test");
  EXPECT_THAT(shuffled(facts, key), UnorderedElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(shuffled(facts, key), shuffled(facts, key));
  bool differs = false;
  for (uint64_t i = 0; i < 5; ++i) {
    differs |= shuffled(facts, key.at(i)) != shuffled(facts, key);
  }
  EXPECT_TRUE(differs);
}

class FactsFile : public support::Scratch {
 protected:
  Facts read(const std::string& text) {
    write_file(folder_ / "facts.json", text);
    return read_facts(path("facts.json"));
  }
  std::string error(const std::string& text) {
    try {
      read(text);
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  }
};

TEST_F(FactsFile, ThreeForms) {
  const Facts expected = {{"1", {"a cup"}}, {"2", {"a ball", "two balls"}}};
  EXPECT_EQ(read(R"({"1": ["a cup"], "2": ["a ball", "two balls"]})"), expected);
  EXPECT_EQ(read(R"({"info": {}, "images": [{"id": 1}, {"id": 2}], "annotations": [
                {"image_id": 2, "id": 7, "caption": "a ball"}, {"image_id": 1, "id": 8, "caption": "a cup"},
                {"image_id": 2, "id": 9, "caption": "two balls"}]})"),
            expected);
  EXPECT_EQ(read("{\"image\": \"1\", \"facts\": [\"a cup\"]}\n"
                 "{\"image\": \"2\", \"facts\": [\"a ball\"]}\n"
                 "{\"id\": 2, \"facts\": [\"two balls\"]}\n"),
            expected);
  EXPECT_EQ(
      read(
          R"([{"image": "1", "facts": ["a cup"]}, {"image": "2", "facts": ["a ball", "two balls"]}])"),
      expected);
  EXPECT_EQ(read(R"({"image": "1", "facts": ["a cup"]})"), (Facts{{"1", {"a cup"}}}))
      << "a single line";
  write_facts(path("again.json"), expected);
  EXPECT_EQ(read_facts(path("again.json")), expected);
}

TEST_F(FactsFile, NamesWhatIsWrong) {
  EXPECT_THAT(error("[1]"), HasSubstr("an object with image and facts"));
  EXPECT_THAT(error("7"), HasSubstr("reading facts"));
  EXPECT_THAT(error(R"({"a": ["x", " "], "b": "y", "c": [3]})"),
              AllOf(HasSubstr("3 problems"), HasSubstr("none of them empty"),
                    HasSubstr("image 'b': expected a list of facts, got \"y\"")));
  EXPECT_THAT(error(R"({"annotations": [{"image_id": 1}]})"), HasSubstr("annotation 1"));
}

}  // namespace
}  // namespace plumbline::data
