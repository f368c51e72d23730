// Reads Hugging Face's tokenizer.json.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/text/bpe_model.h"
#include "plumbline/text/byte_level.h"
#include "plumbline/text/tokenizer_builder.h"
#include "plumbline/text/tokenizer_parts.h"

namespace plumbline::text {
namespace {

using nlohmann::json;

class Parser {
 public:
  explicit Parser(const std::string& path) : reader_(path), builder_(path) {}

  std::shared_ptr<const Tokenizer::Data> parse(const json& root) {
    const json& model = root.at("model");
    check_model(model);
    PreTokenizer pre = read_pre_tokenizer(reader_, root.value("pre_tokenizer", json()));
    const Decoder decoder = read_decoder(reader_, root.value("decoder", json()));
    if (pre.is_byte_level != decoder.is_byte_level) {
      reader_.fail("decoder",
                   pre.is_byte_level ? "ByteLevel, as the pre_tokenizer" : "not ByteLevel",
                   root.value("decoder", json()).dump());
    }
    for (const auto& [spelling, id] : model.at("vocab").items()) {
      builder_.add(reader_.token_id("model.vocab", id), spelling, text_of(spelling, decoder));
    }
    auto normalizer = read_normalizer(reader_, root.value("normalizer", json()));
    for (const json& token : PartReader::list(root, "added_tokens")) {
      read_added(token, normalizer, decoder);
    }
    auto sequence = read_post_processor(reader_, root.value("post_processor", json()));
    auto data = builder_.finish(added_);
    data->normalizer = std::move(normalizer);
    data->word_steps = std::move(pre.steps);
    data->decoding = decoder.rules;
    for (const TokenIds* ids : {&sequence.begin, &sequence.end}) {
      for (const int64_t id : *ids) {
        const bool is_token = static_cast<size_t>(id) < data->tokens.size() &&
                              data->tokens[static_cast<size_t>(id)].is_used;
        if (!is_token) {
          reader_.fail("post_processor", "tokens of the vocabulary", fmt::format("{}", id));
        }
      }
    }
    data->begin_ids = std::move(sequence.begin);
    data->end_ids = std::move(sequence.end);
    data->model = make_model(model, pre.is_byte_level);
    return data;
  }

 private:
  void check_model(const json& model) const {
    if (model.contains("type")) reader_.require(model, "model", "type", {"BPE"});
    reader_.require(model, "model", "dropout", {0.0});
    reader_.require(model, "model", "continuing_subword_prefix", {""});
    reader_.require(model, "model", "end_of_word_suffix", {""});
  }

  static TokenText text_of(const std::string& spelling, const Decoder& decoder) {
    if (decoder.is_byte_level) return {bytes_of_symbols(spelling).value_or(spelling)};
    if (decoder.has_fallback) {
      if (const int byte = fallback_byte(spelling); byte >= 0) {
        return {std::string(1, static_cast<char>(byte)), true};
      }
    }
    return {replaced(spelling, decoder.mark, " ")};
  }

  void read_added(const json& token, const std::vector<NormalStep>& normalizer,
                  const Decoder& decoder) {
    AddedToken added{.id = reader_.token_id("added_tokens", token.at("id")),
                     .content = token.at("content").get<std::string>(),
                     .is_special = token.value("special", false),
                     .is_normalized = token.value("normalized", false),
                     .strips_left = token.value("lstrip", false),
                     .strips_right = token.value("rstrip", false),
                     .is_single_word = token.value("single_word", false)};
    // The way back does not tell added tokens apart: as in the original they come out normalised,
    // and accents, which are the symbols of other bytes, broken.
    const std::string spelling = added.content;
    if (added.is_normalized) added.content = normalized(normalizer, spelling);
    builder_.add(added.id, spelling, text_of(added.content, decoder), added.is_special);
    added_.push_back(std::move(added));
  }

  std::shared_ptr<const WordModel> make_model(const json& model, bool is_byte_level) const {
    BpeVocabulary vocabulary{.ids = builder_.ordinary(), .merges = {}};
    for (const json& merge : model.at("merges")) {
      vocabulary.merges.push_back(sides_of(merge));
      check_known(vocabulary.merges.back(), merge);
    }
    const json unknown = model.value("unk_token", json());
    const BpeOptions options{
        .uses_bytes = is_byte_level,
        .byte_fallback = model.value("byte_fallback", false),
        .unknown = unknown.is_string() ? builder_.id(unknown.get<std::string>()) : -1,
        .fuses_unknown = model.value("fuse_unk", false),
        .ignores_merges = model.value("ignore_merges", false)};
    return std::make_shared<BpeModel>(vocabulary, options);
  }

  std::pair<std::string, std::string> sides_of(const json& merge) const {
    if (merge.is_array() && merge.size() == 2) return {merge[0], merge[1]};
    const std::string text = merge.is_string() ? merge.get<std::string>() : "";
    const size_t blank = text.find(' ');
    if (blank == std::string::npos || text.find(' ', blank + 1) != std::string::npos) {
      reader_.fail("model.merges", "\"a b\" or [\"a\", \"b\"]", merge.dump());
    }
    return {text.substr(0, blank), text.substr(blank + 1)};
  }

  void check_known(const std::pair<std::string, std::string>& sides, const json& merge) const {
    for (const auto& spelling : {sides.first, sides.second, sides.first + sides.second}) {
      if (builder_.id(spelling) >= 0) continue;
      reader_.fail("model.merges", "tokens of the vocabulary",
                   fmt::format("'{}' in merge {}", spelling, merge.dump()));
    }
  }

  PartReader reader_;
  TokenizerBuilder builder_;
  std::vector<AddedToken> added_;
};

}  // namespace

std::shared_ptr<const Tokenizer::Data> parse_tokenizer(const std::string& text,
                                                       const std::string& path) {
  try {
    return Parser(path).parse(parse_json(text, path));
  } catch (const json::exception& e) {
    throw DataError({.component = "tokenizer",
                     .doing = "reading tokenizer.json",
                     .expected = "Hugging Face's format",
                     .got = untagged(e),
                     .where = path});
  }
}

}  // namespace plumbline::text
