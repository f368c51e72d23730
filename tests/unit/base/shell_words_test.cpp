#include "plumbline/base/shell_words.h"

#include <gtest/gtest.h>

namespace plumbline {
namespace {

TEST(ShellWords, QuoteWhatAShellWouldReadOtherwise) {
  EXPECT_EQ(shell_words({"plumbline", "ppo", "--set", "ppo.kl_coef=0.1", "--out", "runs/a-b_1"}),
            "plumbline ppo --set ppo.kl_coef=0.1 --out runs/a-b_1");
  EXPECT_EQ(shell_words({"a b", "", "$x", "it's", "[\"?\"]"}),
            R"('a b' '' '$x' 'it'\''s' '["?"]')");
}

}  // namespace
}  // namespace plumbline
