#include "plumbline/benchmarks/caption_words.h"

#include "plumbline/base/error.h"
#include "plumbline/english/singular.h"
#include "plumbline/english/word_tokens.h"
#include "plumbline/text/python_text.h"

namespace plumbline::benchmarks {
namespace {

english::WordClass class_of(const std::string& tag) {
  switch (tag.empty() ? 'N' : tag.front()) {
    case 'J':
      return english::WordClass::Adjective;
    case 'V':
      return english::WordClass::Verb;
    case 'R':
      return english::WordClass::Adverb;
    default:
      return english::WordClass::Noun;
  }
}

}  // namespace

eval::InputSpec wordnet_input() {
  return {"wordnet",
          std::string("folder of WordNet 3.0's files; otherwise ") + english::kWordNetFolder,
          false};
}

eval::InputSpec tagger_input() {
  return {"tagger", "folder of NLTK's averaged_perceptron_tagger_eng", false};
}

english::WordNet read_wordnet(const eval::EvalRequest& request) {
  const auto& folder = request.file("wordnet");
  return english::WordNet(folder.empty() ? english::kWordNetFolder : folder);
}

std::unique_ptr<english::PerceptronTagger> read_tagger(const eval::EvalRequest& request) {
  const auto& folder = request.file("tagger");
  return folder.empty() ? nullptr : std::make_unique<english::PerceptronTagger>(folder);
}

CaptionWords::CaptionWords(LemmaRule rule, const eval::EvalRequest& request) : rule_(rule) {
  if (rule == LemmaRule::Words) return;
  if (rule == LemmaRule::Pos) {
    tagger_ = read_tagger(request);
    if (!tagger_) {
      throw ConfigError(Complaint{.component = "eval",
                                  .doing = "reducing words by their parts of speech",
                                  .expected = "a tagger",
                                  .got = "none",
                                  .hint = "--file tagger=FOLDER with NLTK's "
                                          "averaged_perceptron_tagger_eng, or another "
                                          "--variant chair.lemma."});
    }
  }
  wordnet_ = std::make_unique<english::WordNet>(read_wordnet(request));
}

std::vector<std::string> CaptionWords::operator()(const std::string& caption) const {
  auto words = english::word_tokens(text::python::lower(text::repaired_utf8(caption)));
  const auto tags = tagger_ ? tagger_->tags(words) : std::vector<std::string>(words.size(), "NN");
  for (size_t i = 0; i < words.size(); ++i) {
    words[i] = rule_ == LemmaRule::Words ? english::singular(words[i])
                                         : wordnet_->lemma(words[i], class_of(tags[i]));
  }
  return words;
}

}  // namespace plumbline::benchmarks
