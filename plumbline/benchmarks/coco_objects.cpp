#include "plumbline/benchmarks/coco_objects.h"

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::benchmarks {
namespace {

constexpr const char* kSpace = " \t\r\n\v\f";

// CHAIR's list but "stove top oven": three words never merge.
const std::vector<std::string> kPairs = {
    "air plane",     "baseball bat",  "baseball glove", "cell phone",      "fire hydrant",
    "hair drier",    "home plate",    "hot dog",        "laptop computer", "mobile phone",
    "motor bike",    "motor cycle",   "parking meter",  "potted plant",    "sports ball",
    "stop light",    "stop sign",     "street light",   "suit case",       "teddy bear",
    "tennis racket", "traffic light", "traffic signal", "train track",     "wine glass"};
// "baby elephant" mentions no person.
const std::vector<std::string> kAnimals = {"bird",     "cat",  "dog",   "horse",   "sheep",  "cow",
                                           "elephant", "bear", "zebra", "giraffe", "animal", "cub"};
const std::vector<std::string> kVehicles = {"jet", "train"};

std::string stripped(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kSpace) - begin + 1));
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

}  // namespace

CocoObjects::CocoObjects(const std::string& path, SynonymRule rule) {
  std::string text = read_file(path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  for (const auto& line : split(text, "\n")) {
    if (stripped(line).empty()) continue;
    auto synonyms = split(stripped(line), ", ");
    if (rule == SynonymRule::Refined) {
      for (auto& synonym : synonyms) synonym = stripped(synonym);
    }
    for (const auto& synonym : synonyms) nodes_[synonym] = synonyms.front();
  }
  if (nodes_.empty()) {
    throw DataError(Complaint{.component = "eval",
                              .doing = "reading synonyms",
                              .expected = "lines such as 'dog, puppy, hound'",
                              .got = "an empty file",
                              .where = path});
  }
  for (const auto& pair : kPairs) pairs_[pair] = pair;
  if (rule == SynonymRule::Refined) {
    pairs_ = {{"home plate", "home plate"}, {"train track", "train track"}};
    for (const auto& [synonym, _] : nodes_) {
      if (synonym.find(' ') != std::string::npos) pairs_[synonym] = synonym;
    }
  }
  for (const auto& animal : kAnimals) pairs_["baby " + animal] = pairs_["adult " + animal] = animal;
  for (const auto& vehicle : kVehicles) pairs_["passenger " + vehicle] = vehicle;
  pairs_["bow tie"] = "tie";
  pairs_["toilet seat"] = "toilet";
  pairs_["wine glas"] = "wine glass";  // the singular by rules
}

std::string CocoObjects::node_of(const std::string& word) const {
  const auto found = nodes_.find(word);
  return found == nodes_.end() ? "" : found->second;
}

std::vector<std::string> CocoObjects::merged(const std::vector<std::string>& words) const {
  std::vector<std::string> merged;
  for (size_t i = 0; i < words.size(); ++i) {
    const auto pair =
        i + 1 < words.size() ? pairs_.find(words[i] + " " + words[i + 1]) : pairs_.end();
    merged.push_back(pair == pairs_.end() ? words[i] : pair->second);
    if (pair != pairs_.end()) ++i;
  }
  return merged;
}

std::vector<std::string> CocoObjects::pairs(const std::vector<std::string>& words) const {
  std::vector<std::string> pairs;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const auto pair = pairs_.find(words[i] + " " + words[i + 1]);
    if (pair == pairs_.end()) continue;
    pairs.push_back(pair->second);
    ++i;
  }
  return pairs;
}

std::vector<Mention> CocoObjects::mentions(const std::vector<std::string>& merged) const {
  const auto has = [&](const char* word) {
    return std::find(merged.begin(), merged.end(), word) != merged.end();
  };
  const bool is_seat_of_toilet = has("toilet") && has("seat");
  std::vector<Mention> mentions;
  for (const auto& word : merged) {
    if (is_seat_of_toilet && word == "seat") continue;
    if (auto node = node_of(word); !node.empty()) mentions.push_back({word, std::move(node)});
  }
  return mentions;
}

}  // namespace plumbline::benchmarks
