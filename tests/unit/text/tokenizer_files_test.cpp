#include "plumbline/text/tokenizer_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::text {
namespace {

class TokenizerFiles : public testing::Test {
 protected:
  void SetUp() override { fs::copy(kGolden / "tokenizer.model", folder_ / "tokenizer.model"); }
  void put(const char* name, const std::string& text) { write_file(folder_ / name, text); }
  Tokenizer load() { return load_tokenizer(folder_.string()); }

  const fs::path kGolden = "tests/golden/tokenizers";
  support::ScratchFolder scratch_;
  const fs::path folder_ = scratch_.path();
};

TEST_F(TokenizerFiles, ModelAloneIsLegacyWithABeginToken) {
  const auto t = load();
  EXPECT_EQ(t.begin_ids(), TokenIds{1});
  EXPECT_EQ(t.encode("The", {.start = TextStart::AfterToken}), t.encode("The"));
}

TEST_F(TokenizerFiles, ReadsWhatTheConfigSays) {
  put("tokenizer_config.json", R"({"legacy": false, "add_bos_token": false, "add_eos_token": true,
      "pad_token": "[PAD]", "unk_token": {"content": "<unk>"},
      "added_tokens_decoder": {"901": {"content": "<image>", "special": true, "rstrip": true}}})");
  put("added_tokens.json", R"({"[PAD]": 900, "<image>": 901, "[word]": 902})");
  const auto t = load();
  EXPECT_EQ(t.begin_ids(), TokenIds{});
  EXPECT_EQ(t.end_ids(), TokenIds{2});
  EXPECT_NE(t.encode("The", {.start = TextStart::AfterToken}), t.encode("The"));
  EXPECT_TRUE(t.is_special(900) && t.is_special(901));
  EXPECT_FALSE(t.is_special(902));
  EXPECT_EQ(t.encode("<image>  ", {.with_special = true}), TokenIds{901});
  EXPECT_EQ(t.encode("[word]"), (TokenIds{902}));
}

TEST_F(TokenizerFiles, TokenizerJsonGoesFirst) {
  fs::copy(kGolden / "gpt2.json", folder_ / "tokenizer.json");
  EXPECT_EQ(load().vocab_size(), Tokenizer::load((kGolden / "gpt2.json").string()).vocab_size());
}

TEST_F(TokenizerFiles, BrokenCompanionsAreDataErrors) {
  put("tokenizer_config.json", "[1]");
  EXPECT_THROW(load(), DataError);
  put("tokenizer_config.json", R"({"added_tokens_decoder": {"x": {"content": "a"}}})");
  EXPECT_THROW(load(), DataError);
  put("tokenizer_config.json", R"({"legacy": "no"})");
  EXPECT_THROW(load(), DataError);
  fs::remove(folder_ / "tokenizer.model");
  EXPECT_THROW(load(), IoError);
}

}  // namespace
}  // namespace plumbline::text
