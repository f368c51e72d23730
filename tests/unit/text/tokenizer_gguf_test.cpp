#include "plumbline/text/tokenizer_gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/text/sentencepiece.h"
#include "plumbline/text/tokenizer_pieces.h"

namespace plumbline::text {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kTexts[] = {"The quick brown fox", " it's 2024,\n\n don't\t",
                              "caf\xC3\xA9 12345 \xF0\x9F\x98\x80", "<s>a</s>"};

// What a converter writes for the vocabulary of a tokenizer.json.
GgufVocabulary vocabulary_of(const std::string& name, const std::string& pre) {
  const json root = json::parse(read_file("tests/golden/tokenizers/" + name + ".json"));
  GgufVocabulary v{.model = "gpt2", .pre = pre};
  const json& vocab = root["model"]["vocab"];
  v.tokens.resize(vocab.size());
  v.types.resize(vocab.size(), 1);
  for (const auto& [spelling, id] : vocab.items()) v.tokens[id.get<size_t>()] = spelling;
  for (const json& merge : root["model"]["merges"]) {
    v.merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  }
  for (size_t i = 0; i < 4; ++i) v.types[i] = 3;  // <s>, </s>, <|im_start|>, <image>
  return v;
}

TEST(TokenizerGguf, CutsTextAsTheCheckpointsOwnTokenizer) {
  for (const auto& [name, pre] : {std::pair{"gpt2", "gpt-2"},
                                  {"llama3", "llama-bpe"},
                                  {"qwen2", "qwen2"},
                                  {"smollm", "smollm"}}) {
    const auto ours = tokenizer_from_gguf(vocabulary_of(name, pre), "x.gguf");
    const auto json_one = Tokenizer::load(std::string("tests/golden/tokenizers/") + name + ".json");
    for (const std::string& text : kTexts) {
      EXPECT_EQ(ours.encode(text), json_one.encode(text)) << name << ": " << text;
      EXPECT_EQ(ours.decode(ours.encode(text)), text);
    }
    EXPECT_EQ(ours.encode("a</s>", {.with_special = true}).back(), 1);
  }
}

TEST(TokenizerGguf, Pieces) {
  const std::string path = "tests/golden/tokenizers/tokenizer.model";
  const auto pieces = parse_sentencepiece(read_file(path), path);
  GgufVocabulary v{.model = "llama", .add_begin = true, .begin_token = 1, .end_token = 2};
  for (const auto& piece : pieces.pieces) {
    v.tokens.push_back(piece.text);
    v.scores.push_back(piece.score);
    v.types.push_back(static_cast<int64_t>(piece.type));
  }
  const auto ours = tokenizer_from_gguf(v, "x.gguf");
  const auto model = tokenizer_from_pieces(pieces, {}, path);
  for (const std::string& text : kTexts) EXPECT_EQ(ours.encode(text), model.encode(text));
  EXPECT_EQ(ours.begin_ids(), TokenIds{1});
}

TEST(TokenizerGguf, NamesWhatIsWrong) {
  const auto error = [](const std::function<void(GgufVocabulary&)>& change) -> std::string {
    auto v = vocabulary_of("gpt2", "gpt-2");
    change(v);
    try {
      tokenizer_from_gguf(v, "x.gguf");
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(error([](auto& v) { v.model = "bert"; }), HasSubstr("'bert' (x.gguf)"));
  EXPECT_THAT(error([](auto& v) { v.pre = "deepseek"; }), HasSubstr("'deepseek'"));
  EXPECT_THAT(error([](auto& v) { v.types.pop_back(); }), HasSubstr("token_type"));
  EXPECT_THAT(error([](auto& v) { v.types[0] = 7; }), HasSubstr("got 7"));
  EXPECT_THAT(error([](auto& v) { v.tokens[300] = v.tokens[301]; }), HasSubstr("one id per token"));
  EXPECT_THAT(error([](auto& v) { v.merges.push_back("ab"); }), HasSubstr("'ab'"));
  EXPECT_THAT(error([](auto& v) { v.begin_token = 100000; }), HasSubstr("100000"));
  EXPECT_THAT(error([](auto& v) { v.model = "llama"; }), HasSubstr("a score"));
  EXPECT_THAT(error([](auto& v) { v.tokens.clear(); }), HasSubstr("tokens"));
}

}  // namespace
}  // namespace plumbline::text
