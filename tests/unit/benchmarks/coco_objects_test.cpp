#include "plumbline/benchmarks/coco_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/english/singular.h"
#include "plumbline/english/word_tokens.h"
#include "tests/unit/benchmarks/coco_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Objects : public testing::Test {
 protected:
  std::vector<std::string> nodes(const std::string& text,
                                 SynonymRule rule = SynonymRule::Original) const {
    std::vector<std::string> words, nodes;
    for (const auto& token : english::word_tokens(text)) words.push_back(english::singular(token));
    const CocoObjects objects(files_.synonyms, rule);
    for (const auto& mention : objects.mentions(objects.merged(words)))
      nodes.push_back(mention.node);
    return nodes;
  }

  CocoFiles files_;
};

TEST_F(Objects, PairsOfWords) {
  EXPECT_THAT(nodes("a baby elephant"), ElementsAre("elephant"));  // no person
  EXPECT_THAT(nodes("an adult bear and a baby"), ElementsAre("bear", "person"));
  EXPECT_THAT(nodes("a hot dog"), ElementsAre("hot dog"));
  EXPECT_THAT(nodes("two wine glasses"), ElementsAre("wine glass"));
  EXPECT_THAT(nodes("a wine glass"), ElementsAre("wine glass"));  // "wine glas"
  EXPECT_THAT(nodes("train tracks"), IsEmpty());
  EXPECT_THAT(nodes("a passenger train"), ElementsAre("train"));
  EXPECT_THAT(nodes("a bow tie"), ElementsAre("tie"));
  EXPECT_THAT(nodes("teddy bears"), ElementsAre("teddy bear"));
}

TEST_F(Objects, TheSeatOfAToiletIsNoChair) {
  EXPECT_THAT(nodes("the seat of the toilet"), ElementsAre("toilet"));
  EXPECT_THAT(nodes("a toilet seat"), ElementsAre("toilet"));
  EXPECT_THAT(nodes("a seat"), ElementsAre("chair"));
}

TEST_F(Objects, ThreeWordsNeverMerge) {
  EXPECT_THAT(nodes("stove top oven"), ElementsAre("oven", "oven"));
}

TEST_F(Objects, PairsAreMergedFromTheLeft) {
  const CocoObjects objects(files_.synonyms, SynonymRule::Original);
  EXPECT_THAT(objects.merged({"passenger", "train", "track"}), ElementsAre("train", "track"));
  EXPECT_THAT(objects.pairs({"a", "teddy", "bear", "hot", "dog", "cup"}),
              ElementsAre("teddy bear", "hot dog"));
  EXPECT_THAT(objects.merged({}), IsEmpty());
  EXPECT_THAT(objects.merged({"teddy"}), ElementsAre("teddy"));
}

TEST_F(Objects, RepeatsCountAndOtherWordsDoNot) {
  EXPECT_THAT(nodes("a dog, a puppy and the sky"), ElementsAre("dog", "dog"));
}

TEST_F(Objects, ASynonymWithABlankMoreNeverMatchesInTheOriginal) {
  EXPECT_THAT(nodes("a desk"), IsEmpty());
  EXPECT_THAT(nodes("a desk", SynonymRule::Refined), ElementsAre("dining table"));
}

TEST_F(Objects, InRefinedFilesEverySynonymOfTwoWordsIsAPair) {
  EXPECT_THAT(nodes("a dining table"), ElementsAre("dining table"));  // of "table" alone
  const CocoObjects original(files_.synonyms, SynonymRule::Original);
  const CocoObjects refined(files_.synonyms, SynonymRule::Refined);
  EXPECT_THAT(original.pairs({"dining", "table"}), IsEmpty());
  EXPECT_THAT(refined.pairs({"dining", "table"}), ElementsAre("dining table"));
  EXPECT_THAT(refined.pairs({"train", "track"}), ElementsAre("train track"));
  EXPECT_THAT(refined.pairs({"fire", "hydrant"}), IsEmpty());  // not in this file
}

TEST_F(Objects, OfASynonymOfTwoNodesTheLaterCounts) {
  const CocoObjects objects(files_.write("s.txt", "\xEF\xBB\xBFone, shared\r\n\r\ntwo, shared\r\n"),
                            SynonymRule::Original);
  EXPECT_EQ(objects.node_of("shared"), "two");
  EXPECT_EQ(objects.node_of("one"), "one");
  EXPECT_EQ(objects.node_of("other"), "");
}

TEST_F(Objects, AnEmptyFileIsNoSynonyms) {
  const auto path = files_.write("empty.txt", "\n \n");
  EXPECT_THAT(eval::error_of([&] { CocoObjects(path, SynonymRule::Original); }),
              HasSubstr("empty.txt"));
}

}  // namespace
}  // namespace plumbline::benchmarks
