#include "plumbline/text/tokenizer_gguf.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/text/bpe_model.h"
#include "plumbline/text/byte_level.h"
#include "plumbline/text/tokenizer_builder.h"
#include "plumbline/text/tokenizer_pieces.h"

namespace plumbline::text {
namespace {

[[noreturn]] void fail(const std::string& expected, const std::string& got,
                       const std::string& where) {
  throw DataError({.component = "tokenizer",
                   .doing = "reading a GGUF file's vocabulary",
                   .expected = expected,
                   .got = got,
                   .where = where});
}

void check_lists(const GgufVocabulary& v, const std::string& where) {
  const size_t count = v.tokens.size();
  if (count == 0) fail("tokenizer.ggml.tokens", "none", where);
  if (v.types.size() != count) {
    fail(fmt::format("a token_type for each of {} tokens", count),
         fmt::format("{}", v.types.size()), where);
  }
  for (const int64_t type : v.types) {
    if (type < 1 || type > 6) fail("token types from 1 to 6", fmt::format("{}", type), where);
  }
  for (const int64_t id : {v.begin_token, v.end_token}) {
    if (id >= static_cast<int64_t>(count)) {
      fail(fmt::format("ids below {}", count), fmt::format("{}", id), where);
    }
  }
}

PieceType type_at(const GgufVocabulary& v, size_t i) { return static_cast<PieceType>(v.types[i]); }

Tokenizer from_pieces(const GgufVocabulary& v, const std::string& where) {
  if (v.scores.size() != v.tokens.size()) {
    fail(fmt::format("a score for each of {} tokens", v.tokens.size()),
         fmt::format("{}", v.scores.size()), where);
  }
  PieceVocabulary vocabulary{.pieces = {}, .add_dummy_prefix = v.add_space_prefix};
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    vocabulary.pieces.push_back({v.tokens[i], static_cast<float>(v.scores[i]), type_at(v, i)});
  }
  return tokenizer_from_pieces(
      vocabulary, {.legacy = true, .adds_begin = v.add_begin, .adds_end = v.add_end}, where);
}

// The expressions that cut text into words, by the name of the pre-tokenizer.
std::vector<std::string> patterns(const std::string& pre, const std::string& where) {
  if (pre == "gpt-2" || pre.empty()) return {kWordPattern};
  if (pre == "smollm") return {R"(\p{N})", kWordPattern};
  if (pre == "llama-bpe") return {kLlama3Pattern};
  if (pre == "qwen2") return {kQwen2Pattern};
  fail("tokenizer.ggml.pre gpt-2, smollm, llama-bpe or qwen2", "'" + pre + "'", where);
}

Tokenizer from_merges(const GgufVocabulary& v, const std::string& where) {
  TokenizerBuilder builder(where);
  std::vector<AddedToken> added;
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    const auto id = static_cast<int64_t>(i);
    const bool is_control = type_at(v, i) == PieceType::Control;
    const bool is_added = is_control || type_at(v, i) == PieceType::UserDefined;
    const std::string& spelling = v.tokens[i];
    builder.add(id, spelling, {is_added ? spelling : bytes_of_symbols(spelling).value_or(spelling)},
                is_control);
    if (is_added) added.push_back({.id = id, .content = spelling, .is_special = is_control});
  }
  BpeVocabulary vocabulary{.ids = builder.ordinary(), .merges = {}};
  for (const std::string& merge : v.merges) {
    const size_t blank = merge.find(' ', 1);
    if (blank == std::string::npos) fail("merges \"a b\"", "'" + merge + "'", where);
    vocabulary.merges.emplace_back(merge.substr(0, blank), merge.substr(blank + 1));
  }
  auto data = builder.finish(added);
  if (v.pre == "qwen2") data->normalizer = {{.kind = NormalStep::Kind::Nfc}};
  for (const std::string& pattern : patterns(v.pre, where)) {
    data->word_steps.push_back({.split = SplitStep{Splitter(pattern)}});
  }
  data->model =
      std::make_shared<BpeModel>(vocabulary, BpeOptions{.ignores_merges = v.pre == "llama-bpe"});
  if (v.add_begin && v.begin_token >= 0) data->begin_ids = {v.begin_token};
  if (v.add_end && v.end_token >= 0) data->end_ids = {v.end_token};
  return Tokenizer(std::move(data));
}

}  // namespace

Tokenizer tokenizer_from_gguf(const GgufVocabulary& vocabulary, const std::string& where) {
  check_lists(vocabulary, where);
  if (vocabulary.model == "llama") return from_pieces(vocabulary, where);
  if (vocabulary.model == "gpt2") return from_merges(vocabulary, where);
  fail("tokenizer.ggml.model llama or gpt2", "'" + vocabulary.model + "'", where);
}

}  // namespace plumbline::text
