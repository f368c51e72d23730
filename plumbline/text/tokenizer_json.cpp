// Reads Hugging Face's tokenizer.json. Whatever it may say that this program does not do is refused
// by name: a tokenizer that is nearly right trains a model that is quietly wrong.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/text/byte_level.h"
#include "plumbline/text/tokenizer_data.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

using nlohmann::json;
using Data = Tokenizer::Data;

constexpr int64_t kMaxId = int64_t{1} << 24;

struct AddedToken {
  int64_t id;
  std::string content;
  bool is_special;
  bool is_normalized;
};

class Parser {
 public:
  explicit Parser(const std::string& path) : path_(path) {}

  std::shared_ptr<const Data> parse(const std::string& text) {
    const json root = json::parse(text);
    read_model(root.at("model"));
    for (const json& token : list(root, "added_tokens")) read_added(token);
    read_normalizer(root.value("normalizer", json()));
    read_pre_tokenizer(root.value("pre_tokenizer", json()));
    read_decoder(root.value("decoder", json()));
    finish_bytes();
    finish_merges(root.at("model").at("merges"));
    finish_added();
    if (root.at("model").value("ignore_merges", false)) finish_words();
    return data_;
  }

 private:
  [[noreturn]] void fail(const std::string& part, const std::string& expected,
                         const std::string& got) const {
    throw DataError({.component = "tokenizer",
                     .doing = "reading " + part,
                     .expected = expected,
                     .got = got,
                     .where = path_});
  }

  static json list(const json& parent, const char* key) {
    const json found = parent.value(key, json::array());
    return found.is_null() ? json::array() : found;
  }

  static std::string type_of(const json& part) {
    return part.is_object() ? part.value("type", "") : "";
  }

  // Refuses a setting that is present and says anything else than what is done here.
  void require(const json& parent, const std::string& part, const char* key,
               const std::vector<json>& allowed) const {
    const json value = parent.value(key, json());
    if (value.is_null() || std::find(allowed.begin(), allowed.end(), value) != allowed.end())
      return;
    fail(part + "." + key, allowed.empty() ? "null" : allowed[0].dump(), value.dump());
  }

  void put_token(int64_t id, const std::string& spelling, const std::string& bytes,
                 bool is_special) {
    if (id < 0 || id >= kMaxId) {
      fail("token '" + spelling + "'", fmt::format("an id below {}", kMaxId),
           fmt::format("{}", id));
    }
    if (static_cast<size_t>(id) >= data_->tokens.size()) {
      data_->tokens.resize(static_cast<size_t>(id) + 1);
    }
    auto& token = data_->tokens[static_cast<size_t>(id)];
    const auto [known, is_new] = data_->ids.emplace(spelling, id);
    if (known->second != id || (is_new && token.is_used)) {
      fail("token '" + spelling + "'", "one id per token", fmt::format("id {} twice", id));
    }
    token = {bytes, is_special, true};
  }

  void read_model(const json& model) {
    if (model.contains("type")) require(model, "model", "type", {"BPE"});
    require(model, "model", "dropout", {0.0});
    require(model, "model", "continuing_subword_prefix", {""});
    require(model, "model", "end_of_word_suffix", {""});
    require(model, "model", "byte_fallback", {false});
    for (const auto& [spelling, id] : model.at("vocab").items()) {
      put_token(id.get<int64_t>(), spelling, bytes_of_symbols(spelling).value_or(spelling), false);
    }
  }

  void read_added(const json& token) {
    AddedToken added{token.at("id").get<int64_t>(), token.at("content").get<std::string>(),
                     token.value("special", false), token.value("normalized", false)};
    const std::string part = "added token '" + added.content + "'";
    if (!added.is_special) {  // a special token is never looked for in text
      for (const char* flag : {"lstrip", "rstrip", "single_word"})
        require(token, part, flag, {false});
    }
    put_token(added.id, added.content, added.content, added.is_special);
    if (!added.is_special && !added.content.empty()) added_.push_back(std::move(added));
  }

  void read_normalizer(const json& normalizer) {
    if (normalizer.is_null()) return;
    if (type_of(normalizer) == "Sequence") {
      for (const json& part : list(normalizer, "normalizers")) read_normalizer(part);
    } else if (type_of(normalizer) == "NFC") {
      data_->use_nfc = true;
    } else {
      fail("normalizer", "null or NFC", normalizer.dump());
    }
  }

  void read_pre_tokenizer(const json& pre) {
    if (type_of(pre) == "ByteLevel") {
      data_->add_prefix_space = pre.value("add_prefix_space", true);
      return read_byte_level(pre);
    }
    const json parts = type_of(pre) == "Sequence" ? list(pre, "pretokenizers") : json::array();
    if (parts.empty() || type_of(parts.back()) != "ByteLevel") {
      fail("pre_tokenizer", "ByteLevel, or a Sequence that ends with it", pre.dump());
    }
    for (size_t i = 0; i + 1 < parts.size(); ++i) read_split(parts[i]);
    require(parts.back(), "pre_tokenizer.ByteLevel", "add_prefix_space", {false});
    read_byte_level(parts.back());
  }

  void read_byte_level(const json& byte_level) {
    if (byte_level.value("use_regex", true)) data_->splitters.emplace_back(kWordPattern);
  }

  void read_split(const json& split) {
    if (type_of(split) != "Split") fail("pre_tokenizer", "Split before ByteLevel", split.dump());
    require(split, "pre_tokenizer.Split", "behavior", {"Isolated"});
    require(split, "pre_tokenizer.Split", "invert", {false});
    const json& pattern = split.at("pattern");
    data_->splitters.emplace_back(pattern.contains("Regex")
                                      ? pattern.at("Regex").get<std::string>()
                                      : literal(pattern.at("String").get<std::string>()));
  }

  void read_decoder(const json& decoder) const {
    if (type_of(decoder) != "ByteLevel") fail("decoder", "ByteLevel", decoder.dump());
  }

  void finish_bytes() {
    for (size_t byte = 0; byte < 256; ++byte) {
      const auto found = data_->ids.find(byte_symbols()[byte]);
      if (found == data_->ids.end() || is_special(found->second)) {
        fail("model.vocab",
             fmt::format("an ordinary token '{}' for byte {}", byte_symbols()[byte], byte),
             found == data_->ids.end() ? "none" : "a special token");
      }
      data_->byte_ids[byte] = found->second;
    }
  }

  void finish_merges(const json& merges) {
    int64_t rank = 0;
    for (const json& merge : merges) {
      const auto [left, right] = sides_of(merge);
      const int64_t merged = id_of(left + right, merge);
      // Ordinary characters must not add up to a control token.
      if (!is_special(merged)) {
        data_->merges.add(id_of(left, merge), id_of(right, merge), rank, merged);
      }
      ++rank;
    }
  }

  std::pair<std::string, std::string> sides_of(const json& merge) const {
    if (merge.is_array() && merge.size() == 2) return {merge[0], merge[1]};
    const std::string text = merge.is_string() ? merge.get<std::string>() : "";
    const size_t blank = text.find(' ');
    if (blank == std::string::npos || text.find(' ', blank + 1) != std::string::npos) {
      fail("model.merges", "\"a b\" or [\"a\", \"b\"]", merge.dump());
    }
    return {text.substr(0, blank), text.substr(blank + 1)};
  }

  int64_t id_of(const std::string& spelling, const json& merge) const {
    const auto found = data_->ids.find(spelling);
    if (found == data_->ids.end()) {
      fail("model.merges", "tokens of the vocabulary",
           fmt::format("'{}' in merge {}", spelling, merge.dump()));
    }
    return found->second;
  }

  bool is_special(int64_t id) const { return data_->tokens[static_cast<size_t>(id)].is_special; }

  static std::string literal(const std::string& text) {
    std::string pattern;
    for (const char c : text) {
      const bool is_mark = static_cast<unsigned char>(c) < 0x80 && !std::isalnum(c);
      pattern += is_mark ? fmt::format("\\x{{{:x}}}", static_cast<int>(c)) : std::string(1, c);
    }
    return pattern;
  }

  // Alternatives are tried in order, so longer tokens come first.
  std::optional<Splitter> finder(std::vector<std::string> contents) const {
    if (contents.empty()) return std::nullopt;
    std::stable_sort(contents.begin(), contents.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    std::string pattern;
    for (const auto& content : contents) pattern += (pattern.empty() ? "" : "|") + literal(content);
    return Splitter(pattern);
  }

  void finish_added() {
    std::vector<std::string> raw, normalized;
    for (const AddedToken& token : added_) {
      const bool use_nfc = token.is_normalized && data_->use_nfc;
      const std::string content = use_nfc ? nfc(token.content) : token.content;
      (token.is_normalized ? normalized : raw).push_back(content);
      data_->matched.emplace(content, token.id);
    }
    data_->raw_added = finder(raw);
    data_->normalized_added = finder(normalized);
  }

  void finish_words() {
    for (const auto& [spelling, id] : data_->ids) {
      if (is_special(id)) continue;
      if (auto bytes = bytes_of_symbols(spelling)) data_->words.emplace(*std::move(bytes), id);
    }
  }

  std::string path_;
  std::shared_ptr<Data> data_ = std::make_shared<Data>();
  std::vector<AddedToken> added_;
};

}  // namespace

std::shared_ptr<const Tokenizer::Data> parse_tokenizer(const std::string& text,
                                                       const std::string& path) {
  try {
    return Parser(path).parse(text);
  } catch (const json::exception& e) {
    throw DataError({.component = "tokenizer",
                     .doing = "reading tokenizer.json",
                     .expected = "Hugging Face's format",
                     .got = e.what(),
                     .where = path});
  }
}

}  // namespace plumbline::text
