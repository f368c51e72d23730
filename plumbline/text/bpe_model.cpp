#include "plumbline/text/bpe_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/byte_level.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

int64_t id_or(const std::unordered_map<std::string, int64_t>& ids, const std::string& spelling) {
  const auto found = ids.find(spelling);
  return found == ids.end() ? -1 : found->second;
}

}  // namespace

BpeModel::BpeModel(const BpeVocabulary& vocabulary, const BpeOptions& options) : options_(options) {
  for (size_t byte = 0; byte < 256; ++byte) {
    const std::string spelling =
        options.uses_bytes ? byte_symbols()[byte] : fmt::format("<0x{:02X}>", byte);
    byte_ids_[byte] = id_or(vocabulary.ids, spelling);
  }
  int64_t rank = 0;
  for (const auto& [left, right] : vocabulary.merges) {
    const int64_t a = id_or(vocabulary.ids, left), b = id_or(vocabulary.ids, right);
    const int64_t merged = id_or(vocabulary.ids, left + right);
    if (a >= 0 && b >= 0 && merged >= 0) merges_.add(a, b, rank, merged);
    ++rank;
  }
  for (const auto& [spelling, id] : vocabulary.ids) {
    if (!options.uses_bytes && !spelling.empty() &&
        first_character(spelling).length == spelling.size()) {
      characters_.emplace(spelling, id);
    }
    if (!options.ignores_merges) continue;
    if (auto bytes = options.uses_bytes ? bytes_of_symbols(spelling) : spelling) {
      words_.emplace(*std::move(bytes), id);
    }
  }
}

void BpeModel::encode(std::string_view word, std::vector<int64_t>& out) const {
  if (!words_.empty()) {
    if (const int64_t id = id_or(words_, std::string(word)); id >= 0) return out.push_back(id);
  }
  std::vector<int64_t> ids;
  if (options_.uses_bytes) {
    ids.reserve(word.size());
    bool was_unknown = false;
    for (const char& c : word) {
      if (const int64_t id = byte_ids_[static_cast<uint8_t>(c)]; id >= 0) {
        ids.push_back(id);
        was_unknown = false;
      } else {
        add_unknown({&c, 1}, ids, was_unknown);
      }
    }
  } else {
    ids = characters(word);
  }
  merges_.apply(ids);
  out.insert(out.end(), ids.begin(), ids.end());
}

std::vector<int64_t> BpeModel::characters(std::string_view word) const {
  std::vector<int64_t> ids;
  bool was_unknown = false;
  while (!word.empty()) {
    const std::string_view character = word.substr(0, first_character(word).length);
    word.remove_prefix(character.size());
    if (const int64_t id = id_or(characters_, std::string(character)); id >= 0) {
      ids.push_back(id);
      was_unknown = false;
    } else {
      add_unknown(character, ids, was_unknown);
    }
  }
  return ids;
}

void BpeModel::add_unknown(std::string_view character, std::vector<int64_t>& ids,
                           bool& was_unknown) const {
  const auto id_of = [this](char c) { return byte_ids_[static_cast<uint8_t>(c)]; };
  if (!options_.uses_bytes && options_.byte_fallback &&
      std::all_of(character.begin(), character.end(), [&](char c) { return id_of(c) >= 0; })) {
    for (const char c : character) ids.push_back(id_of(c));
    was_unknown = false;
    return;
  }
  if (options_.unknown < 0 || (was_unknown && options_.fuses_unknown)) return;
  ids.push_back(options_.unknown);
  was_unknown = true;
}

}  // namespace plumbline::text
