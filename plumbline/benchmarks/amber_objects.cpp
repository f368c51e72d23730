#include "plumbline/benchmarks/amber_objects.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr double kAlike = 0.8;

constexpr eval::Unfit unfit{"reading AMBER's words"};

json read_associations(const std::string& path) {
  json file = try_parse_json(read_file(path), path);
  if (file.is_discarded()) throw unfit("JSON", "something else", path);
  if (!file.is_object())
    throw unfit("{word: [words]}, as in relation.json", file.type_name(), path);
  for (const auto& [word, associated] : file.items()) {
    const bool is_list =
        associated.is_array() && std::all_of(associated.begin(), associated.end(),
                                             [](const json& other) { return other.is_string(); });
    if (!is_list)
      throw unfit("a list of words", associated.dump().substr(0, 40), path + ", '" + word + "'");
  }
  return file;
}

}  // namespace

AmberObjects::AmberObjects(const std::string& associations, const std::string& safe_words) {
  const json file = read_associations(associations);
  for (const auto& [word, associated] : file.items()) {
    associations_[word] = associated.get<std::vector<std::string>>();
    words_.insert(word);
    words_.insert(associations_[word].begin(), associations_[word].end());
  }
  const std::string text = read_file(safe_words);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.pop_back();
    safe_.insert(std::move(line));
    begin = end + 1;
  }
}

void AmberObjects::check(const AmberTruth& truth, const std::string& where) const {
  for (const auto* words : {&truth.there, &truth.not_there}) {
    for (const auto& word : *words) {
      if (!associations_.contains(word)) {
        throw unfit("a word of the associations", "'" + word + "'", where);
      }
    }
  }
}

std::vector<AmberObjects::Owned> AmberObjects::owned(const std::vector<std::string>& words) const {
  std::vector<Owned> owned;
  for (const auto& owner : words) {
    for (const auto& word : associations_.at(owner)) owned.push_back({word, owner});
  }
  for (const auto& word : words) owned.push_back({word, word});
  return owned;
}

AmberMentions AmberObjects::mentions(const std::vector<std::string>& nouns, const AmberTruth& truth,
                                     const WordVectors& vectors) const {
  const auto there = owned(truth.there), not_there = owned(truth.not_there);
  // Marks the owner of the first word that fits; whether there is one.
  const auto mark = [](const std::vector<Owned>& owned, std::set<std::string>& marked,
                       const auto& fits) {
    const auto found =
        std::find_if(owned.begin(), owned.end(), [&](const Owned& o) { return fits(o.word); });
    if (found == owned.end()) return false;
    marked.insert(found->owner);
    return true;
  };
  AmberMentions mentions;
  for (const auto& noun : nouns) {
    if (!words_.contains(noun)) continue;
    mentions.kept.push_back(noun);
    if (safe_.contains(noun)) continue;
    const auto is_equal = [&](const std::string& word) { return word == noun; };
    const auto is_alike = [&](const std::string& word) {
      return vectors.similarity(noun, word) > kAlike;
    };
    if (mark(there, mentions.covered, is_equal)) continue;
    mark(not_there, mentions.imagined, is_equal);
    mark(not_there, mentions.imagined, is_alike);
    if (!mark(there, mentions.covered, is_alike)) mentions.hallucinated.push_back(noun);
  }
  return mentions;
}

}  // namespace plumbline::benchmarks
