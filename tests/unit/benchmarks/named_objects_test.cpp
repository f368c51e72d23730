#include "plumbline/benchmarks/named_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/coco_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Named : public testing::Test {
 protected:
  std::vector<std::string> named(const std::vector<std::string>& listed,
                                 const english::PerceptronTagger* tagger = nullptr) {
    return NamedObjects(objects_, wordnet_, tagger)(listed);
  }

  CocoFiles files_;
  CocoObjects objects_{files_.synonyms, SynonymRule::Refined};
  english::WordNet wordnet_{files_.words.folder()};
};

TEST_F(Named, PairsFirstElseRunsOfNouns) {
  EXPECT_THAT(named({"red dining table"}), ElementsAre("dining table"));
  EXPECT_THAT(named({"Dogs", "coffee table", "young woman"}),
              ElementsAre("dog", "coffee table", "woman"));
  EXPECT_THAT(named({"cup of water"}), ElementsAre("cup", "water"));
  EXPECT_THAT(named({"nice", ""}), IsEmpty());
}

TEST_F(Named, EachNameOnce) {
  EXPECT_THAT(named({"dog", "cat", "dogs", "two cats"}), ElementsAre("dog", "cat"));
}

TEST_F(Named, ALastWordThatMayBeANounIsOne) {
  EXPECT_THAT(named({"red"}), ElementsAre("red"));
  EXPECT_THAT(named({"leaves"}), ElementsAre("leaf"));
}

TEST_F(Named, ATaggerDecidesWhereThereIsOne) {
  files_.write("averaged_perceptron_tagger_eng.classes.json", R"(["JJ","NN"])");
  files_.write("averaged_perceptron_tagger_eng.tagdict.json", R"({"a":"JJ","coffee":"JJ"})");
  files_.write("averaged_perceptron_tagger_eng.weights.json", R"({"bias":{"NN":1}})");
  const english::PerceptronTagger tagger(files_.path(""));
  EXPECT_THAT(named({"coffee table"}, &tagger), ElementsAre("table"));
}

}  // namespace
}  // namespace plumbline::benchmarks
