// The room `english` against NLTK and pattern.en (tools/golden/eval/english.py).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/english/perceptron_tagger.h"
#include "plumbline/english/sentences.h"
#include "plumbline/english/singular.h"
#include "plumbline/english/word_tokens.h"
#include "plumbline/english/wordnet.h"

namespace plumbline::english {
namespace {

using nlohmann::json;
using Strings = std::vector<std::string>;

const std::string kFolder = "tests/golden/eval/english";

json cases(const std::string& name) {
  json value = json::parse(read_file(kFolder + "/" + name + ".json"));
  EXPECT_GE(value.size(), 300u);
  return value;
}

TEST(GoldenEnglish, Singulars) {
  for (const auto& c : cases("singular")) {
    EXPECT_EQ(singular(c[0].get<std::string>()), c[1].get<std::string>()) << c[0];
  }
}

TEST(GoldenEnglish, TokensOfASentence) {
  for (const auto& c : cases("tokens")) {
    EXPECT_EQ(sentence_tokens(c[0].get<std::string>()), c[1].get<Strings>()) << c[0];
  }
}

TEST(GoldenEnglish, Sentences) {
  for (const auto& c : cases("tokens")) {
    EXPECT_EQ(sentences(c[0].get<std::string>()), c[2].get<Strings>()) << c[0];
  }
}

TEST(GoldenEnglish, TokensOfAText) {
  for (const auto& c : cases("tokens")) {
    EXPECT_EQ(word_tokens(c[0].get<std::string>()), c[3].get<Strings>()) << c[0];
  }
}

TEST(GoldenEnglish, Lemmas) {
  if (!fs::exists(fs::path(kWordNetFolder) / "index.noun")) {
    GTEST_SKIP() << "needs the package wordnet-base";
  }
  const WordNet wordnet;
  for (const auto& c : cases("lemmas")) {
    const auto word_class =
        static_cast<WordClass>(std::string("nvar").find(c[1].get<std::string>()));
    EXPECT_EQ(wordnet.lemma(c[0], word_class), c[2].get<std::string>()) << c[0] << " " << c[1];
  }
}

TEST(GoldenEnglish, Tags) {
  const PerceptronTagger tagger(kFolder);
  for (const auto& c : cases("tags")) {
    EXPECT_EQ(tagger.tags(c[0].get<Strings>()), c[1].get<Strings>()) << c[0];
  }
}

}  // namespace
}  // namespace plumbline::english
