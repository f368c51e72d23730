#include "plumbline/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

TEST(Tokenizer, RoundTripsText) {
  const auto tokenizer = tiny_tokenizer();
  const std::vector<std::string> texts = {
      "",
      " ",
      "the red cup",
      "  two  blanks \n\n\tand tabs ",
      "caf\xC3\xA9 na\xC3\xAFve",
      "\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x8C\xE4\xB8\x96\xE7\x95\x8C",      // Chinese
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB ok \xF0\x9F\x98\x80",  // emoji with a joiner
      std::string("a\0b", 3)};
  for (const auto& text : texts) EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
}

TEST(Tokenizer, RoundTripsAnyBytesTokenByToken) {
  const auto tokenizer = tiny_tokenizer();
  Random random(random_key(2, "bytes"));
  for (int round = 0; round < 50; ++round) {
    std::string text, back;
    for (int i = 0; i < 60; ++i) text += static_cast<char>(random.below(256));
    for (const int64_t id : tokenizer.encode(text)) back += tokenizer.token(id);
    EXPECT_EQ(back, text);
  }
}

TEST(Tokenizer, MergesWhatItLearnt) {
  const auto tokenizer = tiny_tokenizer();
  const auto ids = tokenizer.encode(" the table");
  EXPECT_EQ(ids, (TokenIds{tokenizer.id("\xC4\xA0the"), tokenizer.id("\xC4\xA0table")}));
}

TEST(Tokenizer, SpecialTokensInTextAreData) {
  const auto tokenizer = tiny_tokenizer();
  const std::string text = "a</s><image><s> b";
  const auto ids = tokenizer.encode(text);
  for (const int64_t id : ids) EXPECT_FALSE(tokenizer.is_special(id)) << id;
  EXPECT_EQ(tokenizer.decode(ids), text);
}

TEST(Tokenizer, DecodeLeavesSpecialTokensOutUnlessAsked) {
  const auto tokenizer = tiny_tokenizer();
  auto ids = tokenizer.encode("red");
  ids.push_back(1);
  ids.push_back(99999);
  ids.push_back(-1);
  EXPECT_EQ(tokenizer.decode(ids), "red");
  EXPECT_EQ(tokenizer.decode(ids, true), "red</s>");
}

TEST(Tokenizer, BrokenCharactersDecodeToTheReplacementMark) {
  const auto tokenizer = tiny_tokenizer();
  const auto ids = tokenizer.encode("a\xE4\xBD");
  EXPECT_EQ(tokenizer.decode(ids), "a\xEF\xBF\xBD");
}

TEST(Tokenizer, KnowsItsTokens) {
  const auto tokenizer = tiny_tokenizer();
  EXPECT_EQ(tokenizer.id("</s>"), 1);
  EXPECT_EQ(tokenizer.id("no such token"), -1);
  EXPECT_EQ(tokenizer.token(1), "</s>");
  EXPECT_EQ(tokenizer.token(tokenizer.id("\xC4\xA0")), " ");
  EXPECT_EQ(tokenizer.token(-1), "");
  EXPECT_FALSE(tokenizer.is_special(-1));
  EXPECT_FALSE(tokenizer.is_special(tokenizer.vocab_size()));
}

TEST(Tokenizer, MissingFileIsAnIoError) { EXPECT_THROW(Tokenizer::load("no/such.json"), IoError); }

}  // namespace
}  // namespace plumbline::text
