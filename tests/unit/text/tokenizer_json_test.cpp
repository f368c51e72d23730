#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A trained tokenizer.json to change: "ab" is 257, "abc" 258.
json sample() { return json::parse(train_bpe({"abc abc abc"}, 259, {"<s>"})); }

Tokenizer changed(const std::function<void(json&)>& change) {
  json root = sample();
  change(root);
  return tokenizer_from(root.dump());
}

std::string error_of(const std::function<void(json&)>& change) {
  try {
    changed(change);
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr(testing::TempDir()));  // names the file
    return e.what();
  }
  ADD_FAILURE() << "no exception";
  return {};
}

TEST(TokenizerJson, BothSpellingsOfMerges) {
  const auto pairs = changed([](json& root) {
    for (json& merge : root["model"]["merges"]) {
      const std::string text = merge;
      const size_t blank = text.find(' ');
      merge = {text.substr(0, blank), text.substr(blank + 1)};
    }
  });
  const auto texts = changed([](json&) {});
  EXPECT_EQ(pairs.encode("abcab"), texts.encode("abcab"));
  EXPECT_LT(texts.encode("abcab").size(), 5u);
}

TEST(TokenizerJson, IgnoreMergesTakesWholeWordsButNoSpecialOnes) {
  const auto tokenizer = changed([](json& root) {
    root["model"]["ignore_merges"] = true;
    root["model"]["vocab"]["zzz"] = 259;
    root["model"]["vocab"]["???"] = 260;
    root["added_tokens"].push_back({{"id", 260}, {"content", "???"}, {"special", true}});
  });
  EXPECT_EQ(tokenizer.encode("zzz"), TokenIds{259});
  EXPECT_EQ(tokenizer.encode("zzzz").size(), 4u);
  EXPECT_EQ(tokenizer.encode("???").size(), 3u);
}

TEST(TokenizerJson, AddPrefixSpace) {
  const auto tokenizer =
      changed([](json& root) { root["pre_tokenizer"]["add_prefix_space"] = true; });
  EXPECT_EQ(tokenizer.encode("q"), tokenizer.encode(" q"));
  EXPECT_EQ(tokenizer.encode(""), TokenIds{});
}

TEST(TokenizerJson, SplitThenByteLevel) {
  const auto tokenizer = changed([](json& root) {
    root["pre_tokenizer"] = {
        {"type", "Sequence"},
        {"pretokenizers",
         {{{"type", "Split"},
           {"pattern", {{"Regex", "b"}}},
           {"behavior", "Isolated"},
           {"invert", false}},
          {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}}}}};
  });
  EXPECT_EQ(tokenizer.encode("abc").size(), 3u);  // the split keeps "a b" from merging
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("abc d")), "abc d");
}

TEST(TokenizerJson, NormalizesToNfc) {
  const auto tokenizer = changed([](json& root) { root["normalizer"] = {{"type", "NFC"}}; });
  EXPECT_EQ(tokenizer.encode("e\xCC\x81"), tokenizer.encode("\xC3\xA9"));
}

TEST(TokenizerJson, OrdinaryAddedTokensAreFoundInTextLongestFirst) {
  const auto tokenizer = changed([](json& root) {
    root["added_tokens"].push_back({{"id", 259}, {"content", "[x"}, {"special", false}});
    root["added_tokens"].push_back(
        {{"id", 260}, {"content", "[x]"}, {"special", false}, {"normalized", true}});
    root["added_tokens"].push_back({{"id", 261}, {"content", "[xy]"}, {"special", false}});
  });
  EXPECT_EQ(tokenizer.encode("[xy]"), TokenIds{261});
  const auto ids = tokenizer.encode("abc[x");
  EXPECT_EQ(ids.back(), 259);
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("q[xy]q")), "q[xy]q");
}

TEST(TokenizerJson, NamesWhatItDoesNotSupport) {
  EXPECT_THAT(error_of([](json& root) { root["model"]["type"] = "Unigram"; }),
              HasSubstr("model.type: expected \"BPE\", got \"Unigram\""));
  EXPECT_THAT(error_of([](json& root) { root["model"]["end_of_word_suffix"] = "</w>"; }),
              HasSubstr("model.end_of_word_suffix"));
  EXPECT_THAT(error_of([](json& root) {
                root["normalizer"] = {{"type", "Lowercase"}};
              }),
              HasSubstr("Lowercase"));
  EXPECT_THAT(error_of([](json& root) {
                root["pre_tokenizer"] = {{"type", "Metaspace"}};
              }),
              HasSubstr("decoder: expected not ByteLevel"));
  EXPECT_THAT(error_of([](json& root) { root["decoder"] = nullptr; }), HasSubstr("decoder"));
}

TEST(TokenizerJson, NamesWhatIsBroken) {
  EXPECT_THAT(error_of([](json& root) { root.erase("model"); }), HasSubstr("model"));
  EXPECT_THAT(error_of([](json& root) { root["model"]["merges"].push_back("a"); }),
              HasSubstr("model.merges"));
  EXPECT_THAT(error_of([](json& root) { root["model"]["merges"].push_back("a q"); }),
              HasSubstr("'aq' in merge \"a q\""));
  EXPECT_THAT(error_of([](json& root) { root["model"]["vocab"]["twin"] = 257; }),
              HasSubstr("one id per token"));
  EXPECT_THAT(error_of([](json& root) { root["model"]["vocab"]["far"] = -4; }),
              HasSubstr("a token's number, got -4"));
  // A number that no int64 holds is none, and converting it undefined.
  for (const json& id : {json(1.1e101), json(3.5), json("7"), json(uint64_t{1} << 63)}) {
    EXPECT_THAT(error_of([&](json& root) { root["model"]["vocab"]["far"] = id; }),
                HasSubstr("a token's number"));
  }
  EXPECT_THROW(tokenizer_from("{"), DataError);
  EXPECT_THROW(tokenizer_from("[]"), DataError);
}

TEST(TokenizerJson, TemplatesUseTokensOfTheVocabulary) {
  EXPECT_THAT(error_of([](json& root) {
                root["post_processor"] = {
                    {"type", "TemplateProcessing"},
                    {"single", {{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}}}},
                    {"special_tokens", {{"<s>", {{"id", "<s>"}, {"ids", {100000}}}}}}};
              }),
              HasSubstr("tokens of the vocabulary, got 100000"));
}

}  // namespace
}  // namespace plumbline::text
