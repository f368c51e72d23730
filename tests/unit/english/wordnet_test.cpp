#include "plumbline/english/wordnet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "tests/unit/english/wordnet_files.h"

namespace plumbline::english {
namespace {

using testing::HasSubstr;

template <class E, class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

TEST(WordNet, NounsByRulesAndExceptions) {
  const WordNetFiles files;
  const WordNet wordnet(files.folder());
  for (const auto& [form, lemma] : std::vector<std::pair<const char*, const char*>>{
           {"dogs", "dog"},
           {"churches", "church"},
           {"men", "man"},
           {"parties", "party"},
           {"leaves", "leaf"},    // "leave" is as much a noun, and longer
           {"knives", "knives"},  // "ves" gives f, not fe; the exception is not in this file
           {"mice", "mouse"},
           {"axes", "ax"},        // the shortest of ax and axis; rules do not apply
           {"glasses", "glass"},  // itself a noun, and longer
           {"us", "u"},
           {"Dogs", "Dogs"},  // case counts
           {"unknowns", "unknowns"},
           {"", ""},
           {"zzz", "zzz"}}) {
    EXPECT_EQ(wordnet.lemma(form), lemma) << form;
  }
}

TEST(WordNet, OtherClasses) {
  const WordNetFiles files;
  const WordNet wordnet(files.folder());
  EXPECT_EQ(wordnet.lemma("carries", WordClass::Verb), "carry");
  EXPECT_EQ(wordnet.lemma("walking", WordClass::Verb), "walk");
  EXPECT_EQ(wordnet.lemma("left", WordClass::Verb), "leave");
  EXPECT_EQ(wordnet.lemma("nicer", WordClass::Adjective), "nice");
  EXPECT_EQ(wordnet.lemma("bigger", WordClass::Adjective), "big");
  EXPECT_EQ(wordnet.lemma("best", WordClass::Adverb), "best");  // "well" is not in the index
  EXPECT_TRUE(wordnet.has("hot_dog", WordClass::Noun));
  EXPECT_FALSE(wordnet.has("hot dog", WordClass::Noun));
}

TEST(WordNet, UsesAreSumsOverMeanings) {
  const WordNetFiles files;
  const WordNet wordnet(files.folder());
  EXPECT_EQ(wordnet.uses("leave", WordClass::Verb), 22);
  EXPECT_EQ(wordnet.uses("leave", WordClass::Noun), 0);
  EXPECT_EQ(wordnet.uses("light", WordClass::Adjective), 21);  // satellites among them
}

TEST(WordNet, AClassThatWasNotReadIsAFaultOfTheCode) {
  const WordNetFiles files;
  const WordNet nouns(files.folder(), {WordClass::Noun});
  EXPECT_EQ(nouns.lemma("dogs"), "dog");
  EXPECT_THROW(nouns.lemma("dogs", WordClass::Verb), InternalError);
}

TEST(WordNet, SaysWhichPackageHasTheFiles) {
  const auto error = error_of<IoError>([] { WordNet("/tmp/no-such-folder"); });
  EXPECT_THAT(error, HasSubstr("apt install wordnet-base"));
  EXPECT_THAT(error, HasSubstr("no index.noun"));
}

TEST(WordNet, AnotherFileIsNoIndex) {
  const WordNetFiles files;
  files.write("index.noun", "  licence\ndog n 1 0 1 0 00000001  \ndogs, many of them\n");
  const auto error = error_of<DataError>([&] { WordNet(files.folder()); });
  EXPECT_THAT(error, HasSubstr("index.noun:3"));
  EXPECT_THAT(error, HasSubstr("dogs, many of them"));
}

TEST(WordNet, DebiansPackage) {
  if (!fs::exists(fs::path(kWordNetFolder) / "index.noun")) {
    GTEST_SKIP() << "needs the package wordnet-base";
  }
  const WordNet wordnet;
  EXPECT_EQ(wordnet.lemma("aardwolves"), "aardwolf");
  EXPECT_EQ(wordnet.lemma("buses"), "bus");
  EXPECT_EQ(wordnet.lemma("people"), "people");
  EXPECT_EQ(wordnet.lemma("skis"), "ski");
  EXPECT_EQ(wordnet.lemma("scissors"), "scissors");
  EXPECT_EQ(wordnet.lemma("sitting", WordClass::Verb), "sit");
}

}  // namespace
}  // namespace plumbline::english
