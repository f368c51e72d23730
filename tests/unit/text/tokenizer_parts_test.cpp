#include "plumbline/text/tokenizer_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const PartReader kReader("x.json");

template <class Read>
std::string error_of(Read read, const char* text) {
  try {
    read(kReader, json::parse(text));
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(TokenizerParts, NamesWhatIsNotDone) {
  EXPECT_THAT(error_of(read_normalizer, R"({"type": "Lowercase"})"), HasSubstr("Lowercase"));
  EXPECT_THAT(
      error_of(read_normalizer, R"({"type": "Replace", "pattern": {"Regex": "x"}, "content": ""})"),
      HasSubstr("Regex"));
  EXPECT_THAT(error_of(read_pre_tokenizer, R"({"type": "Whitespace"})"), HasSubstr("Whitespace"));
  EXPECT_THAT(
      error_of(read_pre_tokenizer,
               R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "MergedWithNext"})"),
      HasSubstr("Split.behavior"));
  EXPECT_THAT(
      error_of(read_pre_tokenizer, R"({"type": "Metaspace", "prepend_scheme": "last"})"),
      HasSubstr("prepend_scheme: expected \"always\" or \"first\" or \"never\", got \"last\""));
  EXPECT_THAT(error_of(read_decoder, "null"), HasSubstr("decoder"));
  EXPECT_THAT(error_of(read_decoder, R"({"type": "Sequence", "decoders": [{"type": "Fuse"}]})"),
              HasSubstr("Fuse"));
  EXPECT_THAT(error_of(read_post_processor, R"({"type": "RobertaProcessing"})"),
              HasSubstr("Roberta"));
  EXPECT_THAT(error_of(read_post_processor, R"({"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>"}}], "special_tokens": {}})"),
              HasSubstr("'<s>'"));
}

TEST(TokenizerParts, SequencesAreOpened) {
  const auto pre =
      read_pre_tokenizer(kReader, json::parse(R"({"type": "Sequence", "pretokenizers": [
      {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": true}]})"));
  ASSERT_EQ(pre.steps.size(), 3u);  // digits, prefix, words
  EXPECT_TRUE(pre.is_byte_level && pre.steps[0].split && pre.steps[1].prefix && pre.steps[2].split);
}

TEST(TokenizerParts, RemovedPiecesVanish) {
  const auto pre = read_pre_tokenizer(
      kReader,
      json::parse(
          R"({"type": "Split", "pattern": {"String": "."}, "behavior": "Removed", "invert": true})"));
  EXPECT_TRUE(pre.steps[0].split->keeps_matches);
  EXPECT_FALSE(pre.steps[0].split->keeps_gaps);
  EXPECT_EQ(pre.steps[0].split->splitter.split("a.b").size(), 3u);  // "." is no wildcard
}

TEST(TokenizerParts, TemplatesPutTokensAroundTheText) {
  const auto around = read_post_processor(kReader, json::parse(R"({"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
      "special_tokens": {"<s>": {"ids": [7]}, "</s>": {"ids": [8, 9]}}})"));
  EXPECT_EQ(around.begin, TokenIds{7});
  EXPECT_EQ(around.end, (TokenIds{8, 9}));
}

}  // namespace
}  // namespace plumbline::text
