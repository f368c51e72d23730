#include "plumbline/english/perceptron_tagger.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/text/python_text.h"

namespace plumbline::english {
namespace {

using nlohmann::json;

constexpr const char* kPrefix = "averaged_perceptron_tagger_eng.";

DataError unfit(const std::string& expected, const std::string& got, const std::string& where) {
  return DataError(Complaint{.component = "english",
                             .doing = "reading a tagger",
                             .expected = expected,
                             .got = got,
                             .where = where});
}

std::string path_of(const std::string& folder, const std::string& part) {
  const fs::path path = fs::path(folder) / (kPrefix + part + ".json");
  if (fs::exists(path)) return path.string();
  throw IoError(Complaint{.component = "english",
                          .doing = "reading a tagger",
                          .expected = "the folder of NLTK's averaged_perceptron_tagger_eng",
                          .got = "no " + path.filename().string(),
                          .where = folder,
                          .hint =
                              "unpack taggers/averaged_perceptron_tagger_eng.zip of NLTK's data "
                              "and give --file tagger=FOLDER."});
}

json read(const std::string& folder, const std::string& part, json::value_t type) {
  const std::string path = path_of(folder, part);
  json value = try_parse_json(read_file(path), path);
  if (value.is_discarded()) throw unfit("JSON", "something else", path);
  if (value.type() != type) throw unfit(json(type).type_name(), value.type_name(), path);
  return value;
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// What a word counts as for the words around it.
std::string normalized(const std::string& word) {
  if (word.find('-') != std::string::npos && word.front() != '-') return "!HYPHEN";
  if (word.size() == 4 && std::all_of(word.begin(), word.end(), is_digit)) return "!YEAR";
  if (!word.empty() && is_digit(word.front())) return "!DIGITS";
  return text::python::lower(word);
}

// The last three characters.
std::string suffix(const std::string& word) {
  const int64_t length = text::python::length(word);
  return length <= 3 ? word : word.substr(text::python::byte_offset(word, length - 3));
}

// `i` counts the context, which has two words before the text's first.
std::vector<std::string> features(size_t i, const std::string& word,
                                  const std::vector<std::string>& context, const std::string& tag_1,
                                  const std::string& tag_2) {
  return {"bias",
          "i suffix " + suffix(word),
          "i pref1 " + std::string(text::python::first_character(word)),
          "i-1 tag " + tag_1,
          "i-2 tag " + tag_2,
          "i tag+i-2 tag " + tag_1 + " " + tag_2,
          "i word " + context[i],
          "i-1 tag+i word " + tag_1 + " " + context[i],
          "i-1 word " + context[i - 1],
          "i-1 suffix " + suffix(context[i - 1]),
          "i-2 word " + context[i - 2],
          "i+1 word " + context[i + 1],
          "i+1 suffix " + suffix(context[i + 1]),
          "i+2 word " + context[i + 2]};
}

}  // namespace

PerceptronTagger::PerceptronTagger(const std::string& folder) {
  const json classes = read(folder, "classes", json::value_t::array);
  const json known = read(folder, "tagdict", json::value_t::object);
  const json weights = read(folder, "weights", json::value_t::object);
  try {
    classes_ = classes.get<std::vector<std::string>>();
    std::sort(classes_.begin(), classes_.end());
    known_ = known.get<std::unordered_map<std::string, std::string>>();
    for (const auto& [feature, of_classes] : weights.items()) {
      for (const auto& [tag, weight] : of_classes.items()) {
        const auto found = std::lower_bound(classes_.begin(), classes_.end(), tag);
        if (found == classes_.end() || *found != tag) {
          throw unfit("weights of the classes", "one of '" + tag + "'", folder);
        }
        weights_[feature].emplace_back(found - classes_.begin(), weight.get<double>());
      }
    }
  } catch (const json::exception& e) {
    throw unfit("words, tags and weights", untagged(e), folder);
  }
  if (classes_.empty()) throw unfit("classes", "none", folder);
}

size_t PerceptronTagger::predict(const std::vector<std::string>& features) const {
  std::vector<double> scores(classes_.size());
  for (const auto& feature : features) {
    const auto found = weights_.find(feature);
    if (found == weights_.end()) continue;
    for (const auto& [tag, weight] : found->second) scores[tag] += weight;
  }
  size_t best = 0;
  for (size_t c = 1; c < scores.size(); ++c) {
    if (scores[c] >= scores[best]) best = c;  // of equal ones the last of the alphabet
  }
  return best;
}

std::vector<std::string> PerceptronTagger::tags(const std::vector<std::string>& tokens) const {
  std::vector<std::string> context = {"-START-", "-START2-"};
  for (const auto& token : tokens) context.push_back(normalized(token));
  context.insert(context.end(), {"-END-", "-END2-"});
  std::vector<std::string> tags;
  std::string tag_1 = "-START-", tag_2 = "-START2-";
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto known = known_.find(tokens[i]);
    tags.push_back(known != known_.end()
                       ? known->second
                       : classes_[predict(features(i + 2, tokens[i], context, tag_1, tag_2))]);
    tag_2 = std::exchange(tag_1, tags.back());
  }
  return tags;
}

}  // namespace plumbline::english
