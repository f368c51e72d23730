#include "plumbline/text/bpe_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Words and counts: "ab" 1, "_ab" 2, "_abc" 1, "_bc" 2 (the blank is written _ here).
// Pairs: ab 4 (1+2+1), _a 3, bc 3, _b 2. First ab (4). Then _ab: "_ ab" 3, "ab c" 1, "_ b" 2, "b
// c" 2. So _+ab (3); then _b 2 and bc 2 are equal, and b (id 'b') is smaller than _ (U+0120): bc;
// then _+bc. What is left, "_ab c", is seen once only.
TEST(TrainBpe, WorkedByHand) {
  const auto json = nlohmann::json::parse(train_bpe({"ab ab ab abc bc bc"}, 300, {"<s>"}));
  const std::string blank = "\xC4\xA0";
  EXPECT_THAT(json["model"]["merges"].get<std::vector<std::string>>(),
              ElementsAre("a b", blank + " ab", "b c", blank + " bc"));
  EXPECT_EQ(json["model"]["vocab"].size(), 1u + 256 + 4);
  EXPECT_EQ(json["model"]["vocab"]["<s>"], 0);
  EXPECT_EQ(json["model"]["vocab"]["!"], 1);
  EXPECT_EQ(json["model"]["vocab"]["ab"], 257);
  EXPECT_EQ(json["model"]["vocab"][blank + "bc"], 260);
}

TEST(TrainBpe, StopsAtTheSizeAskedFor) {
  const auto tokenizer = tokenizer_from(train_bpe({"ab ab ab abc bc bc"}, 258, {"<s>"}));
  EXPECT_EQ(tokenizer.vocab_size(), 258);
  EXPECT_EQ(tokenizer.id("ab"), 257);
}

TEST(TrainBpe, SpecialTokensComeFirstInOrder) {
  const auto tokenizer = tiny_tokenizer();
  EXPECT_EQ(tokenizer.id("<s>"), 0);
  EXPECT_EQ(tokenizer.id("</s>"), 1);
  EXPECT_EQ(tokenizer.id("<image>"), 2);
  EXPECT_TRUE(tokenizer.is_special(2));
  EXPECT_FALSE(tokenizer.is_special(3));
}

TEST(TrainBpe, NeverMergesIntoASpecialToken) {
  const std::vector<std::string> texts(9, "xy xy");
  const auto tokenizer = tokenizer_from(train_bpe(texts, 300, {"xy"}));
  EXPECT_EQ(tokenizer.encode("xy").size(), 2u);
  EXPECT_EQ(tokenizer.decode(tokenizer.encode("xy")), "xy");
}

TEST(TrainBpe, OrderOfTextsDoesNotMatter) {
  EXPECT_EQ(train_bpe({"one two two", "three"}, 280, {}),
            train_bpe({"three", "one two two"}, 280, {}));
}

TEST(TrainBpe, RefusesWhatCannotBe) {
  try {
    train_bpe({}, 257, {"<s>", "</s>"});
    FAIL() << "no exception";
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr("vocab_size = 257"));
  }
  EXPECT_THROW(train_bpe({}, 300, {"<s>", "<s>"}), ConfigError);
  EXPECT_THROW(train_bpe({}, 300, {"a"}), ConfigError);
  EXPECT_THROW(train_bpe({}, 300, {""}), ConfigError);
}

}  // namespace
}  // namespace plumbline::text
