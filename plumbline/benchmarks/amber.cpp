#include "plumbline/benchmarks/amber.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/amber_figures.h"
#include "plumbline/benchmarks/amber_objects.h"
#include "plumbline/benchmarks/amber_questions.h"
#include "plumbline/benchmarks/caption_words.h"
#include "plumbline/benchmarks/vlmevalkit_yes_no.h"
#include "plumbline/english/noun_tests.h"
#include "plumbline/english/word_tokens.h"
#include "plumbline/eval/yes_no.h"

namespace plumbline::benchmarks {
namespace {

AmberAnswer read_answer(const std::string& answer, bool is_truth_yes, bool is_by_word) {
  AmberAnswer read{
      .is_truth_yes = is_truth_yes, .is_yes = answer == "Yes", .is_no = answer == "No"};
  if (is_by_word) {
    const auto said = vlmevalkit_yes_no(answer);
    read.is_yes = said == eval::YesNo::Yes;
    read.is_no = said == eval::YesNo::No;
  }
  return read;
}

// Finds AMBER's words among a description's nouns.
class Describer {
 public:
  explicit Describer(const eval::EvalRequest& request)
      : objects_(request.file("associations"), request.file("safe_words")),
        wordnet_(read_wordnet(request)),
        tagger_(read_tagger(request)) {
    if (request.variant("amber") == "official") {
      if (request.file("vectors").empty()) {
        throw ConfigError(Complaint{.component = "eval",
                                    .doing = "scoring amber=official",
                                    .expected = "word vectors",
                                    .got = "none",
                                    .hint = "--file vectors=FILE with a text file of GloVe or "
                                            "word2vec, or --variant amber=lexical."});
      }
      vectors_ = WordVectors(request.file("vectors"), objects_.words());
    }
  }

  AmberMentions operator()(const std::string& description, const AmberTruth& truth) const {
    const auto tokens = english::word_tokens(description);
    const auto is_noun = english::are_nouns(tokens, wordnet_, tagger_.get());
    std::vector<std::string> nouns;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (is_noun[i]) nouns.push_back(wordnet_.lemma(tokens[i]));
    }
    return objects_.mentions(nouns, truth, vectors_);
  }
  std::string note() const {
    return fmt::format(
        "nouns by {}; words alike {}. The script uses NLTK's tagger and spaCy's en_core_web_lg.",
        tagger_ ? "the given tagger" : "WordNet (no tagger was given)",
        vectors_.size() > 0 ? fmt::format("by the given vectors, which have {} of AMBER's {} words",
                                          vectors_.size(), objects_.words().size())
                            : "only if equal (no vectors)");
  }

  // Throws DataError for a truth of other words than AMBER's.
  void check(const AmberQuestion& question) const {
    objects_.check(question.truth, "the annotation of " + question.asked.id);
  }

 private:
  AmberObjects objects_;
  english::WordNet wordnet_;
  std::unique_ptr<english::PerceptronTagger> tagger_;
  WordVectors vectors_;
};

class Scorer {
 public:
  Scorer(const eval::EvalRequest& request, std::vector<AmberQuestion> questions,
         const Describer* describer)
      : questions_(std::move(questions)),
        describer_(describer),
        is_by_word_(request.variant("amber") == "vlmevalkit") {
    for (const auto& question : questions_) types_.push_back(question.type);
  }

  // Of answers in the questions' order.
  eval::Scoring operator()(const std::vector<eval::Answer>& answers) const {
    eval::Tally tally;
    const AmberFigures figures(tally, types_, is_by_word_);
    eval::Scoring scoring{.malformed_as = "wrong; a description without objects"};
    for (size_t i = 0; i < questions_.size(); ++i) {
      scoring.answers.push_back(add(tally, figures, questions_[i], answers[i].text));
      scoring.num_malformed += scoring.answers.back().is_malformed;
    }
    scoring.figures = figures.specs();
    scoring.num_sums = tally.num_columns();
    scoring.units = tally.units();
    scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
    return scoring;
  }

  std::vector<double> constant(const std::string& answer) const {
    const auto scoring = (*this)(
        std::vector<eval::Answer>(questions_.size(), eval::Answer{.id = {}, .text = answer}));
    return scoring.values(eval::total(scoring));
  }

 private:
  eval::ScoredAnswer add(eval::Tally& tally, const AmberFigures& figures,
                         const AmberQuestion& question, const std::string& answer) const {
    const auto& [asked, type, truth, is_yes] = question;
    eval::ScoredAnswer scored{.id = asked.id,
                              .type = "generative",
                              .image = asked.image,
                              .question = asked.question,
                              .reference = fmt::format("{}", fmt::join(truth.there, ", ")),
                              .answer = answer,
                              .verdict = {}};
    if (type == AmberType::Generative) {
      const auto mentions = (*describer_)(answer, truth);
      figures.add(tally, asked.image, mentions, truth);
      scored.verdict = fmt::format("covered {}; not there: {}", fmt::join(mentions.covered, ", "),
                                   fmt::join(mentions.hallucinated, ", "));
      scored.score = -static_cast<double>(mentions.hallucinated.size());
      scored.is_malformed = answer.find_first_not_of(" \t\r\n") == std::string::npos;
      return scored;
    }
    const auto read = read_answer(answer, is_yes, is_by_word_);
    figures.add(tally, asked.image, type, read);
    const bool is_right = is_yes ? read.is_yes : read.is_no;
    scored.type = "discriminative";
    scored.reference = is_yes ? "yes" : "no";
    scored.is_malformed = !read.is_yes && !read.is_no;
    scored.verdict = is_right ? "right" : scored.is_malformed ? "malformed" : "wrong";
    scored.score = is_right ? 1 : 0;
    return scored;
  }

  std::vector<AmberQuestion> questions_;
  std::vector<AmberType> types_;
  const Describer* describer_;
  bool is_by_word_;
};

bool has_descriptions(const std::vector<AmberQuestion>& questions) {
  return std::any_of(questions.begin(), questions.end(), [](const AmberQuestion& question) {
    return question.type == AmberType::Generative;
  });
}

// What descriptions need; nothing where there are none.
std::optional<Describer> describer_for(const eval::EvalRequest& request, bool has_descriptions) {
  if (!has_descriptions) return std::nullopt;
  if (request.variant("amber") == "vlmevalkit") {
    throw DataError(Complaint{.component = "eval",
                              .doing = "scoring amber=vlmevalkit",
                              .expected = "yes/no questions alone, as VLMEvalKit has them",
                              .got = "queries of descriptions",
                              .where = request.file("questions"),
                              .hint = "take query_discriminative.json."});
  }
  for (const char* name : {"associations", "safe_words"}) {
    if (!request.file(name).empty()) continue;
    throw ConfigError(Complaint{.component = "eval",
                                .doing = "scoring AMBER's descriptions",
                                .expected = fmt::format("--file {}=FILE", name),
                                .got = "none",
                                .hint = "relation.json and safe_words.txt of AMBER's data."});
  }
  return std::optional<Describer>(std::in_place, request);
}

eval::Scoring score(const eval::EvalRequest& request) {
  auto questions = read_amber_questions(request);
  const auto describer = describer_for(request, has_descriptions(questions));
  std::vector<eval::Asked> asked;
  for (const auto& question : questions) {
    if (describer) describer->check(question);
    asked.push_back(question.asked);
  }
  const auto answers =
      eval::join(asked, eval::read_answer_file(request.file("answers")), request.join,
                 {request.file("questions"), request.file("answers")});
  const Scorer scorer(request, std::move(questions), describer ? &*describer : nullptr);
  eval::Scoring scoring = scorer(answers);
  scoring.baselines = {{"all Yes", scorer.constant("Yes")}, {"all No", scorer.constant("No")}};
  if (describer) scoring.notes.push_back(describer->note());
  scoring.notes.push_back("'No' is what precision, recall and F1 are of.");
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  const bool is_asked_for_word = request.variant("amber") == "vlmevalkit";
  std::vector<eval::Prompt> prompts;
  for (const auto& question : read_amber_queries(request)) {
    prompts.push_back({.id = question.asked.id,
                       .image = question.asked.image,
                       .question = question.asked.question,
                       .test_prompt = is_asked_for_word ? "\nPlease answer yes or no." : ""});
  }
  return prompts;
}

}  // namespace

eval::Benchmark amber() {
  return {.name = "amber",
          .title = "AMBER (Wang et al. 2023, arXiv 2311.07397)",
          .reports = "CHAIR, Cover, Hal, Cog of descriptions; accuracy and F1 of yes/no questions",
          .inputs = {{"questions", "query_all.json or one part's: list of {id, image, query}"},
                     {"answers", "list of {id, response}"},
                     {"annotations", "annotations.json"},
                     {"associations", "relation.json, for descriptions", false},
                     {"safe_words", "safe_words.txt, for descriptions", false},
                     {"vectors", "word vectors as text (GloVe, word2vec), for official", false},
                     wordnet_input(),
                     tagger_input()},
          .variants = {{"amber",
                        {"lexical", "official", "vlmevalkit"},
                        "which words are alike; who "
                        "reads the answers"}},
          .score = score,
          .prompts = prompts};
}

}  // namespace plumbline::benchmarks
