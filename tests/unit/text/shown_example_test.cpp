#include "plumbline/text/shown_example.h"

#include <gmock/gmock.h>

#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::text {
namespace {

using testing::HasSubstr;

class ShownExample : public testing::Test {
 protected:
  Tokenizer tokenizer_ = tiny_tokenizer();
  PromptFormat format_ = tiny_format();
  EncodedConversation encoded_ = encode(
      tokenizer_, format_,
      {{.is_user = true, .text = "<image>\nwhat is it?"}, {.is_user = false, .text = "a cup"}});
};

TEST_F(ShownExample, MarksWhatIsTrained) {
  EXPECT_EQ(marked_text(tokenizer_, format_, encoded_),
            "<s>USER: [image: 2 rows]\nwhat is it? ASSISTANT:⟦ a cup</s>⟧");
  encoded_.answers.clear();
  EXPECT_EQ(marked_text(tokenizer_, format_, encoded_),
            "<s>USER: [image: 2 rows]\nwhat is it? ASSISTANT: a cup</s>");
}

TEST_F(ShownExample, ATableHasALinePerTokenAndOnePerImage) {
  const std::string table = token_table(tokenizer_, format_, encoded_);
  EXPECT_THAT(table, HasSubstr("     0        0  control  \"<s>\"\n"));
  EXPECT_THAT(table, HasSubstr(" image\n"));
  EXPECT_THAT(table, HasSubstr("        1  trained  \"</s>\"\n"));
  EXPECT_THAT(table, HasSubstr(" rows, 1 image\n"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), std::ssize(encoded_.ids) - 1 + 1);
}

}  // namespace
}  // namespace plumbline::text
