// Plumbline's tokenizers against tokenizers, sentencepiece and transformers on more than 23,000
// strings; corpus and digests as in tools/golden/make_tokenizers.py.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/text/piece_model.h"
#include "plumbline/text/sentencepiece.h"
#include "plumbline/text/stream_decoder.h"
#include "plumbline/text/tokenizer.h"
#include "plumbline/text/tokenizer_pieces.h"

namespace plumbline::text {
namespace {

using nlohmann::json;

constexpr uint32_t kWindow = 64;
constexpr uint64_t kMixed = 6000;
const fs::path kFolder = "tests/golden/tokenizers";

json read(const char* name) { return json::parse(read_file(kFolder / name)); }

std::string utf8(uint32_t code) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](uint32_t shift) { return byte(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), tail(0)};
  if (code < 0x10000) return {byte(0xE0 | code >> 12), tail(6), tail(0)};
  return {byte(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
}

// Knuth's linear congruential generator.
class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {
    for (int i = 0; i < 3; ++i) below(1);
  }
  uint64_t below(uint64_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % n;
  }

 private:
  uint64_t state_;
};

std::vector<std::string> make_corpus() {
  std::vector<std::string> texts;
  for (uint32_t start = 0; start < 0x110000; start += kWindow) {
    std::string text;
    for (uint32_t code = start; code < start + kWindow; ++code) {
      if (code < 0xD800 || code >= 0xE000) text += utf8(code);
    }
    if (!text.empty()) texts.push_back(text);
  }
  const auto fragments = read("fragments.json").get<std::vector<std::string>>();
  for (uint64_t i = 0; i < kMixed; ++i) {
    Draw draw(i + 1);
    std::string text;
    for (uint64_t left = 1 + draw.below(12); left > 0; --left) {
      text += fragments[draw.below(fragments.size())];
    }
    texts.push_back(text);
  }
  return texts;
}

const std::vector<std::string>& corpus() {
  static const std::vector<std::string> texts = make_corpus();
  return texts;
}

TokenIds random_ids(uint64_t i, int64_t vocab_size) {
  Draw draw(1000000 + i);
  TokenIds ids;
  for (uint64_t left = 1 + draw.below(24); left > 0; --left) {
    ids.push_back(static_cast<int64_t>(draw.below(static_cast<uint64_t>(vocab_size))));
  }
  return ids;
}

// FNV-1a over rows of bytes with their lengths, one digest for every kWindow rows.
class Digests {
 public:
  void add(const std::string& row) {
    if (count_++ % kWindow == 0) digests_.push_back(0xCBF29CE484222325ULL);
    add_number(row.size());
    for (const char c : row) add_byte(static_cast<uint8_t>(c));
  }
  void add(const TokenIds& ids) {
    std::string row;
    for (const int64_t id : ids) {
      for (int shift = 0; shift < 32; shift += 8) row += static_cast<char>(id >> shift & 0xFF);
    }
    add(row);
  }
  std::vector<std::string> hex() const {
    std::vector<std::string> out;
    for (const uint64_t digest : digests_) out.push_back(fmt::format("{:016x}", digest));
    return out;
  }

 private:
  void add_byte(uint64_t byte) { digests_.back() = (digests_.back() ^ byte) * 0x100000001B3ULL; }
  void add_number(size_t number) {
    for (int shift = 0; shift < 32; shift += 8) add_byte(number >> shift & 0xFF);
  }
  std::vector<uint64_t> digests_;
  size_t count_ = 0;
};

void expect_same(const Digests& digests, const json& expected, const std::string& what) {
  const auto ours = digests.hex();
  ASSERT_EQ(ours.size(), expected.size()) << what;
  size_t wrong = 0;
  for (size_t i = 0; i < ours.size(); ++i) {
    if (ours[i] == expected[i]) continue;
    if (++wrong <= 3) {
      ADD_FAILURE() << what << ": strings " << i * kWindow << " to " << (i + 1) * kWindow - 1;
    }
  }
  EXPECT_EQ(wrong, 0u) << what;
}

template <class Encode>
void expect_ids(const json& expected, const std::string& what, Encode encode) {
  Digests digests;
  for (const std::string& text : corpus()) digests.add(encode(text));
  expect_same(digests, expected, what);
}

// Decoded at once and as a stream.
void expect_texts(const Tokenizer& tokenizer, const std::vector<TokenIds>& rows,
                  const json& expected, bool with_special, bool streams) {
  Digests digests;
  for (const TokenIds& ids : rows) {
    const std::string text = tokenizer.decode(ids, with_special);
    digests.add(text);
    if (!streams) continue;
    StreamDecoder stream(tokenizer, with_special);
    std::string streamed;
    for (const int64_t id : ids) streamed += stream.push(id);
    ASSERT_EQ(streamed + stream.finish(), text);
  }
  expect_same(digests, expected, with_special ? "decoded with special tokens" : "decoded");
}

class JsonTokenizer : public testing::TestWithParam<const char*> {};

TEST_P(JsonTokenizer, AgreesWithTokenizers) {
  const std::string name = GetParam();
  const json expected = read("expected.json").at(name);
  const auto tokenizer = Tokenizer::load(kFolder / (name + ".json"));
  expect_ids(expected.at("data"), "as data",
             [&](const std::string& text) { return tokenizer.encode(text); });
  expect_ids(expected.at("special"), "with special tokens", [&](const std::string& text) {
    return tokenizer.encode(text, {.with_special = true});
  });
  TokenIds sequence = tokenizer.begin_ids();
  for (const int64_t id : tokenizer.encode("The quick")) sequence.push_back(id);
  for (const int64_t id : tokenizer.end_ids()) sequence.push_back(id);
  EXPECT_EQ(sequence, expected.at("sequence").get<TokenIds>());

  std::vector<TokenIds> rows;
  for (uint64_t i = 0; i < 2000; ++i) rows.push_back(random_ids(i, tokenizer.vocab_size()));
  for (size_t i = corpus().size() - kMixed; i < corpus().size(); ++i) {
    rows.push_back(tokenizer.encode(corpus()[i], {.with_special = true}));
  }
  // A broken run of byte tokens reads otherwise as a stream: see StreamDecoder.
  const bool streams = expected.at("byte_level");
  expect_texts(tokenizer, rows, expected.at("decoded"), false, streams);
  expect_texts(tokenizer, rows, expected.at("decoded_special"), true, streams);
}

INSTANTIATE_TEST_SUITE_P(Kinds, JsonTokenizer,
                         testing::Values("gpt2", "prefix", "llama3", "qwen2", "smollm", "classic",
                                         "first", "always", "never"),
                         [](const auto& kind) { return std::string(kind.param); });

class Pieces : public testing::Test {
 protected:
  const std::string path_ = kFolder / "tokenizer.model";
  const PieceVocabulary vocabulary_ = parse_sentencepiece(read_file(path_), path_);
  const json expected_ = read("expected.json").at("pieces");
};

TEST_F(Pieces, AgreeWithSentencePiece) {
  const auto tokenizer = tokenizer_from_pieces(vocabulary_, {}, path_);
  expect_ids(expected_.at("raw"), "as data",
             [&](const std::string& text) { return tokenizer.encode(text); });
  Digests broken;
  for (uint64_t i = 0; i < 200; ++i) {
    Draw draw(2000000 + i);
    std::string text;
    for (int left = 24; left > 0; --left) text += static_cast<char>(draw.below(256));
    broken.add(tokenizer.encode(text));
  }
  expect_same(broken, expected_.at("broken"), "broken UTF-8");
  std::vector<TokenIds> rows;
  for (uint64_t i = 0; i < 2000; ++i) {
    rows.push_back(random_ids(i, tokenizer.vocab_size()));
    std::erase_if(rows.back(), [&](int64_t id) { return tokenizer.is_special(id); });
  }
  expect_texts(tokenizer, rows, expected_.at("decoded"), false, true);
}

TEST_F(Pieces, LegacyTokensInTextAreAsTheSlowTokenizerHasThem) {
  const json ids = expected_.at("added");
  const auto added = [&](const char* content, bool is_special) {
    return AddedToken{.id = ids.at(content), .content = content, .is_special = is_special};
  };
  const auto tokenizer = tokenizer_from_pieces(
      vocabulary_,
      {.added = {added("<|im_start|>", true), added("<image>", true), added("[norm]", false)}},
      path_);
  expect_ids(expected_.at("special"), "with special tokens", [&](const std::string& text) {
    return tokenizer.encode(text, {.with_special = true});
  });
}

TEST(Digests, SeeAWrongToken) {
  Digests one, other;
  one.add(TokenIds{1, 2, 3});
  other.add(TokenIds{1, 2, 4});
  EXPECT_NE(one.hex(), other.hex());
}

TEST(Corpus, IsTheOneOfTheScript) {
  EXPECT_EQ(corpus().size(), read("expected.json").at("strings").get<size_t>());
  EXPECT_GE(corpus().size(), 20000u);
}

}  // namespace
}  // namespace plumbline::text
