#include "plumbline/text/tokenizer_files.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/text/tokenizer_parts.h"
#include "plumbline/text/tokenizer_pieces.h"

namespace plumbline::text {
namespace {

using nlohmann::json;

json read_json(const fs::path& file) {
  if (!fs::exists(file)) return json::object();
  json value = try_parse_json(read_file(file), file.string());
  if (value.is_object()) return value;
  throw DataError({.component = "tokenizer",
                   .doing = "reading what belongs to tokenizer.model",
                   .expected = "a JSON object",
                   .got = value.is_discarded() ? "no JSON" : value.type_name(),
                   .where = file.string()});
}

// A token is named by its text or by an object with its "content".
std::string content_of(const json& token) {
  return token.is_object()   ? token.value("content", "")
         : token.is_string() ? token.get<std::string>()
                             : "";
}

// The spellings under bos_token, pad_token, additional_special_tokens, ...
void collect_special(const json& config, std::set<std::string>& special) {
  for (const auto& [key, value] : config.items()) {
    if (key.ends_with("_token")) special.insert(content_of(value));
    if (key != "additional_special_tokens" && key != "extra_special_tokens") continue;
    for (const json& token : value) special.insert(content_of(token));
  }
}

AddedToken described(int64_t id, const json& token) {
  return {.id = id,
          .content = content_of(token),
          .is_special = token.value("special", false),
          .strips_left = token.value("lstrip", false),
          .strips_right = token.value("rstrip", false),
          .is_single_word = token.value("single_word", false)};
}

// A key that spells a number is that number.
json number_in(const std::string& key) {
  const json value = try_parse_json(key, key);
  return value.is_number_integer() ? value : json(key);
}

Tokenizer load_pieces(const fs::path& folder) {
  const std::string path = (folder / "tokenizer.model").string();
  const json config = read_json(folder / "tokenizer_config.json");
  std::set<std::string> special;
  collect_special(config, special);
  collect_special(read_json(folder / "special_tokens_map.json"), special);
  const PartReader reader(folder.string());
  std::map<int64_t, AddedToken> added;
  const json extra = read_json(folder / "added_tokens.json");
  for (const auto& [content, id] : extra.items()) {
    const int64_t number = reader.token_id("added_tokens.json", id);
    added[number] = {.id = number, .content = content, .is_special = special.contains(content)};
  }
  const json decoder = config.value("added_tokens_decoder", json::object());
  for (const auto& [id, token] : decoder.items()) {
    const int64_t number = reader.token_id("added_tokens_decoder", number_in(id));
    added[number] = described(number, token);
  }
  PieceOptions options{.legacy = config.value("legacy", true),
                       .adds_begin = config.value("add_bos_token", true),
                       .adds_end = config.value("add_eos_token", false)};
  for (const auto& [id, token] : added) options.added.push_back(token);
  return tokenizer_from_pieces(parse_sentencepiece(read_file(path), path), options, path);
}

}  // namespace

Tokenizer load_tokenizer(const std::string& directory) {
  const fs::path folder = directory;
  if (fs::exists(folder / "tokenizer.json")) {
    return Tokenizer::load((folder / "tokenizer.json").string());
  }
  if (!fs::exists(folder / "tokenizer.model")) {
    throw IoError({.component = "tokenizer",
                   .doing = "looking for a tokenizer",
                   .expected = "tokenizer.json or tokenizer.model",
                   .got = "neither",
                   .where = directory});
  }
  try {
    return load_pieces(folder);
  } catch (const json::exception& e) {
    throw DataError({.component = "tokenizer",
                     .doing = "reading tokenizer_config.json and added_tokens.json",
                     .expected = "Hugging Face's format",
                     .got = untagged(e),
                     .where = directory});
  }
}

}  // namespace plumbline::text
