#include "plumbline/english/wordnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::english {
namespace {

constexpr std::array<const char*, 4> kFileNames = {"noun", "verb", "adj", "adv"};
constexpr std::array<char, 4> kMarks = {'n', 'v', 'a', 'r'};

struct Ending {
  std::string_view inflected, base;
};
const std::array<std::vector<Ending>, 4> kEndings = {
    {// nouns
     {{"s", ""},
      {"ses", "s"},
      {"ves", "f"},
      {"xes", "x"},
      {"zes", "z"},
      {"ches", "ch"},
      {"shes", "sh"},
      {"men", "man"},
      {"ies", "y"}},
     // verbs
     {{"s", ""},
      {"ies", "y"},
      {"es", "e"},
      {"es", ""},
      {"ed", "e"},
      {"ed", ""},
      {"ing", "e"},
      {"ing", ""}},
     // adjectives
     {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}},
     // adverbs
     {}}};

size_t index_of(WordClass word_class) { return static_cast<size_t>(word_class); }

std::string read(const fs::path& path) {
  if (!fs::exists(path)) {
    throw IoError(Complaint{.component = "english",
                            .doing = "reading WordNet",
                            .expected = "the files of WordNet 3.0",
                            .got = fmt::format("no {}", path.filename().string()),
                            .where = path.string(),
                            .hint = "apt install wordnet-base, or give --file wordnet=FOLDER."});
  }
  return read_file(path);
}

// Calls `visit` with every line that does not begin with a blank (the licence's do), and its
// number.
template <class Visit>
void for_each_line(std::string_view text, const Visit& visit) {
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && line.front() != ' ') visit(line, number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < line.size();) {
    const size_t end = std::min(line.find(' ', begin), line.size());
    if (end > begin) words.emplace_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace

WordNet::WordNet(const std::string& folder, const std::vector<WordClass>& classes) {
  for (const WordClass word_class : classes) {
    Words& words = words_[index_of(word_class)];
    words.is_read = true;
    const fs::path index =
        fs::path(folder) / fmt::format("index.{}", kFileNames[index_of(word_class)]);
    const char mark = kMarks[index_of(word_class)];
    for_each_line(read(index), [&](std::string_view line, int64_t number) {
      const size_t end = line.find(' ');
      const bool is_entry = end != std::string_view::npos && end > 0 && end + 2 < line.size() &&
                            line[end + 1] == mark && line[end + 2] == ' ';
      if (!is_entry) {
        throw DataError(Complaint{.component = "english",
                                  .doing = "reading WordNet",
                                  .expected = fmt::format("'word {} ...'", mark),
                                  .got = fmt::format("'{}'", line.substr(0, 40)),
                                  .where = fmt::format("{}:{}", index.string(), number)});
      }
      words.words.emplace(line.substr(0, end));
    });
    const fs::path exceptions =
        fs::path(folder) / fmt::format("{}.exc", kFileNames[index_of(word_class)]);
    for_each_line(read(exceptions), [&](std::string_view line, int64_t) {
      auto entry = split(line);
      if (entry.empty()) return;
      words.exceptions[entry.front()] = {entry.begin() + 1, entry.end()};  // the last one counts
    });
  }
  read_uses(folder);
}

// Lines are "lemma%class:... number count", classes being 1 noun, 2 verb, 3 adjective, 4 adverb, 5
// adjective.
void WordNet::read_uses(const std::string& folder) {
  const fs::path path = fs::path(folder) / "cntlist.rev";
  if (!fs::exists(path)) return;
  for_each_line(read_file(path), [&](std::string_view line, int64_t) {
    const size_t percent = line.find('%'), blank = line.rfind(' ');
    if (percent + 1 >= line.size() || blank == std::string_view::npos) return;
    const size_t word_class = std::string_view("12345").find(line[percent + 1]);
    if (word_class == std::string_view::npos) return;
    int64_t count = 0;
    std::from_chars(line.data() + blank + 1, line.data() + line.size(), count);
    Words& words = words_[word_class == 4 ? index_of(WordClass::Adjective) : word_class];
    words.uses[std::string(line.substr(0, percent))] += count;
  });
}

const WordNet::Words& WordNet::words_of(WordClass word_class) const {
  const Words& words = words_[index_of(word_class)];
  PLUMBLINE_CHECK(words.is_read, fmt::format("no {}s were read", kFileNames[index_of(word_class)]));
  return words;
}

bool WordNet::has(const std::string& word, WordClass word_class) const {
  return words_of(word_class).words.contains(word);
}

int64_t WordNet::uses(const std::string& word, WordClass word_class) const {
  const auto& uses = words_of(word_class).uses;
  const auto found = uses.find(word);
  return found == uses.end() ? 0 : found->second;
}

std::string WordNet::lemma(const std::string& word, WordClass word_class) const {
  const Words& words = words_of(word_class);
  std::vector<std::string> forms = {word};
  const auto exception = words.exceptions.find(word);
  if (exception != words.exceptions.end()) {
    forms.insert(forms.end(), exception->second.begin(), exception->second.end());
  } else {
    for (const auto& [inflected, base] : kEndings[index_of(word_class)]) {
      if (!word.ends_with(inflected)) continue;
      forms.push_back(word.substr(0, word.size() - inflected.size()).append(base));
    }
  }
  const std::string* shortest = nullptr;
  for (const auto& form : forms) {
    if (!words.words.contains(form)) continue;
    if (shortest == nullptr || form.size() < shortest->size()) shortest = &form;
  }
  return shortest == nullptr ? word : *shortest;
}

}  // namespace plumbline::english
