#include "plumbline/benchmarks/named_objects.h"

#include <algorithm>

#include "plumbline/english/noun_tests.h"
#include "plumbline/english/word_tokens.h"
#include "plumbline/text/python_text.h"

namespace plumbline::benchmarks {

std::vector<std::string> NamedObjects::operator()(const std::vector<std::string>& listed) const {
  std::vector<std::string> names;
  for (const auto& text : listed) {
    for (auto& name : in(text)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

std::vector<std::string> NamedObjects::in(const std::string& text) const {
  const auto tokens = english::word_tokens(text::python::lower("a " + text::repaired_utf8(text)));
  std::vector<std::string> lemmas;
  for (const auto& token : tokens) lemmas.push_back(wordnet_.lemma(token));
  if (auto pairs = objects_.pairs(lemmas); !pairs.empty()) return pairs;

  auto nouns = english::are_nouns(tokens, wordnet_, tagger_);
  for (size_t i = 0; tagger_ == nullptr && i + 1 < tokens.size(); ++i) {
    nouns[i] = english::is_mostly_noun(tokens[i], wordnet_);
  }
  std::vector<std::string> runs;
  bool is_in_run = false;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (nouns[i] && is_in_run) {
      runs.back() += " " + lemmas[i];
    } else if (nouns[i]) {
      runs.push_back(lemmas[i]);
    }
    is_in_run = nouns[i];
  }
  return runs;
}

}  // namespace plumbline::benchmarks
