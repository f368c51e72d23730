#include "plumbline/benchmarks/pope.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/answer_formats.h"
#include "plumbline/benchmarks/vlmevalkit_yes_no.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/text/python_text.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Format kFormat = {.digits = 3};
const std::vector<std::string> kSplits = {"random", "popular", "adversarial"};

struct Question {
  eval::Asked asked;
  std::string split;  // empty where the file is one split
  bool is_yes = false;
};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

eval::YesNo official(std::string text) {
  text = text.substr(0, text.find('.'));
  std::erase(text, ',');
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string piece = text.substr(begin, end - begin);
    if (piece == "No" || piece == "no" || piece == "not") return eval::YesNo::No;
    begin = end + 1;
  }
  return eval::YesNo::Yes;
}

eval::YesNo exact(const std::string& text) {
  const std::string plain = lower(std::string(text::python::stripped(text)));
  return plain == "yes" ? eval::YesNo::Yes : plain == "no" ? eval::YesNo::No : eval::YesNo::Neither;
}

bool label_of(const nlohmann::json& record, const std::string& where) {
  const std::string label = lower(eval::required_text(record, {"label"}, where));
  if (label == "yes" || label == "no") return label == "yes";
  throw DataError(Complaint{.component = "eval",
                            .doing = "reading POPE's labels",
                            .expected = "yes or no",
                            .got = "'" + label + "'",
                            .where = where});
}

Question read_question(const nlohmann::json& record, const std::string& where) {
  return {.asked = {.id = eval::required_text(record, {"question_id", "id"}, where),
                    .question = eval::required_text(record, {"text", "question"}, where),
                    .image = eval::required_text(record, {"image"}, where),
                    .where = where},
          .split = eval::text_of(record, {"category"}, where).value_or("")};
}

// The labels of one split's official file for LLaVA's merged one, by image and question.
void add_labels(std::vector<Question>& questions, const std::string& split,
                const std::string& path) {
  std::multimap<std::string, Question> labels;  // by image: a few questions to each
  formats::for_each_record(path, [&](const formats::Record& record) {
    Question labelled = read_question(record.value, record.where);
    labelled.is_yes = label_of(record.value, record.where);
    labels.emplace(labelled.asked.image, labelled);
  });
  for (Question& question : questions) {
    if (question.split != split) continue;
    const auto [begin, end] = labels.equal_range(question.asked.image);
    const auto found = std::find_if(begin, end, [&](const auto& labelled) {
      return eval::is_same_question(labelled.second.asked.question, question.asked.question);
    });
    if (found == end) {
      throw DataError(Complaint{.component = "eval",
                                .doing = "labelling POPE's " + split + " questions",
                                .expected = "'" + question.asked.question + "' about " +
                                            question.asked.image + " in " + path,
                                .got = "none",
                                .where = question.asked.where,
                                .hint = "the random split has editions of 2,910 and of 3,000 "
                                        "questions: take labels of the same one."});
    }
    question.is_yes = found->second.is_yes;
  }
}

// The splits that there are, in the paper's order, then others.
std::vector<std::string> splits_of(const std::vector<Question>& questions) {
  std::vector<std::string> splits;
  for (const auto& split : kSplits) {
    if (std::any_of(questions.begin(), questions.end(),
                    [&](const Question& q) { return q.split == split; })) {
      splits.push_back(split);
    }
  }
  for (const auto& question : questions) {
    if (std::find(splits.begin(), splits.end(), question.split) == splits.end()) {
      splits.push_back(question.split);
    }
  }
  return splits;
}

// Questions with their labels. LLaVA's merged file has a category where official files have labels.
std::vector<Question> read_questions(const eval::EvalRequest& request, bool needs_labels) {
  std::vector<Question> questions;
  bool is_merged = false;
  formats::for_each_record(request.file("questions"), [&](const formats::Record& record) {
    Question question = read_question(record.value, record.where);
    is_merged = is_merged || !record.value.contains("label");
    if (!is_merged) question.is_yes = label_of(record.value, record.where);
    questions.push_back(std::move(question));
  });
  if (!is_merged || !needs_labels) return questions;
  for (const Question& question : questions) {
    if (std::find(kSplits.begin(), kSplits.end(), question.split) != kSplits.end() &&
        !request.file(question.split).empty()) {
      continue;
    }
    throw DataError(Complaint{
        .component = "eval",
        .doing = "labelling POPE's questions",
        .expected = "a 'label', or the category of a split whose labels are given",
        .got = question.split.empty() ? "neither" : "the category '" + question.split + "'",
        .where = question.asked.where,
        .hint = "give the official files: --file random=FILE --file popular=FILE --file "
                "adversarial=FILE"});
  }
  for (const auto& split : splits_of(questions)) add_labels(questions, split, request.file(split));
  return questions;
}

PopeRule rule_of(const std::string& name) {
  return name == "vcd"          ? PopeRule::Vcd
         : name == "lmms"       ? PopeRule::Lmms
         : name == "vlmevalkit" ? PopeRule::VlmEvalKit
                                : PopeRule::Official;
}

// Figures by split; of several also the mean of their F1, as papers quote it, and the figures of
// all questions together, as lmms-eval and VLMEvalKit print them.
class PopeFigures {
 public:
  PopeFigures(eval::Tally& tally, const std::vector<std::string>& splits) {
    if (splits.size() > 1) overall_.emplace(tally, kOverall);
    for (const auto& split : splits) {
      splits_.emplace_back(split, eval::YesNoFigures(tally, prefix(split)));
    }
  }
  void add(eval::Tally& tally, const Question& question, const eval::YesNoOutcome& outcome) const {
    for (const auto& [split, figures] : splits_) {
      if (split == question.split) figures.add(tally, question.asked.image, outcome);
    }
    if (overall_) overall_->add(tally, question.asked.image, outcome);
  }
  std::vector<eval::FigureSpec> specs() const {
    std::vector<eval::FigureSpec> specs;
    for (const auto& [split, _] : splits_) {
      for (auto& spec : eval::YesNoFigures::specs(prefix(split), kFormat)) specs.push_back(spec);
    }
    if (overall_) {
      specs.push_back({.name = "mean_f1", .format = kFormat, .is_main = true});
      for (auto& spec : eval::YesNoFigures::specs(kOverall, kFormat)) {
        spec.is_main = false;
        specs.push_back(spec);
      }
    }
    return specs;
  }
  std::vector<double> values(const eval::Sums& sums) const {
    std::vector<double> values;
    double f1 = 0;
    for (const auto& [_, figures] : splits_) {
      const auto of_split = figures.values(sums);
      f1 += of_split[eval::YesNoFigures::kF1];
      values.insert(values.end(), of_split.begin(), of_split.end());
    }
    if (!overall_) return values;
    values.push_back(f1 / static_cast<double>(splits_.size()));
    const auto overall = overall_->values(sums);
    values.insert(values.end(), overall.begin(), overall.end());
    return values;
  }

 private:
  static std::string prefix(const std::string& split) { return split.empty() ? "" : split + "/"; }
  static constexpr const char* kOverall = "overall/";
  std::vector<std::pair<std::string, eval::YesNoFigures>> splits_;
  std::optional<eval::YesNoFigures> overall_;
};

// What always giving one answer gets.
std::vector<double> constant(const std::vector<Question>& questions,
                             const std::vector<std::string>& splits, const std::string& answer,
                             PopeRule rule) {
  eval::Tally tally;
  const PopeFigures figures(tally, splits);
  for (const auto& question : questions) {
    figures.add(tally, question, read_pope_answer(answer, question.is_yes, rule));
  }
  return figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto questions = read_questions(request, true);
  std::vector<eval::Asked> asked;
  for (const auto& question : questions) asked.push_back(question.asked);
  const auto answers =
      eval::join(asked, eval::read_answer_file(request.file("answers")), request.join,
                 {request.file("questions"), request.file("answers")});
  const PopeRule rule = rule_of(request.variant("pope"));
  const auto splits = splits_of(questions);
  eval::Tally tally;
  const PopeFigures figures(tally, splits);
  eval::Scoring scoring{.malformed_as = rule == PopeRule::Official ? "yes" : "wrong"};
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto& question = questions[i];
    const auto outcome = read_pope_answer(answers[i].text, question.is_yes, rule);
    figures.add(tally, question, outcome);
    scoring.num_malformed += outcome.is_malformed;
    const bool is_right = outcome.is_true_positive || outcome.is_true_negative;
    scoring.answers.push_back({.id = asked[i].id,
                               .type = question.split,
                               .image = asked[i].image,
                               .question = asked[i].question,
                               .reference = question.is_yes ? "yes" : "no",
                               .answer = answers[i].text,
                               .verdict = is_right ? "right" : "wrong",
                               .score = is_right ? 1.0 : 0.0,
                               .is_malformed = outcome.is_malformed});
  }
  scoring.figures = figures.specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  scoring.baselines = {{"all yes", constant(questions, splits, "Yes", rule)},
                       {"all no", constant(questions, splits, "No", rule)}};
  if (rule == PopeRule::Lmms) {
    scoring.notes.push_back("yes_ratio is the truth's, as lmms-eval computes it.");
  }
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const auto& question : read_questions(request, false)) {
    const bool is_prompted = question.asked.question.find("single word or phrase") !=
                             std::string::npos;  // LLaVA's merged file
    prompts.push_back({.id = question.asked.id,
                       .image = question.asked.image,
                       .question = question.asked.question,
                       .test_prompt = is_prompted ? "" : kShortAnswerPrompt,
                       .max_tokens = kShortAnswerTokens});
  }
  return prompts;
}

}  // namespace

eval::YesNoOutcome read_pope_answer(const std::string& answer, bool is_truth_yes, PopeRule rule) {
  switch (rule) {
    case PopeRule::Official: {
      auto outcome = eval::outcome_of(is_truth_yes, official(answer));
      outcome.is_malformed = !eval::has_word(answer, "yes") && !eval::has_word(answer, "no") &&
                             !eval::has_word(answer, "not");
      return outcome;
    }
    case PopeRule::Vcd: {
      const std::string text = lower(answer);
      const bool is_right = text.find(is_truth_yes ? "yes" : "no") != std::string::npos;
      auto outcome = eval::outcome_of(
          is_truth_yes, is_right == is_truth_yes ? eval::YesNo::Yes : eval::YesNo::No);
      outcome.is_malformed =
          text.find("yes") == std::string::npos && text.find("no") == std::string::npos;
      return outcome;
    }
    case PopeRule::Lmms: {
      auto outcome = eval::outcome_of(is_truth_yes, exact(answer));
      outcome.is_yes = is_truth_yes;
      return outcome;
    }
    case PopeRule::VlmEvalKit: {
      auto outcome = eval::outcome_of(is_truth_yes, vlmevalkit_yes_no(answer));
      // Neither is "not yes" in its precision and recall.
      outcome.is_false_negative = is_truth_yes && !outcome.is_yes;
      return outcome;
    }
  }
  throw InternalError("no such rule");
}

eval::Benchmark pope() {
  return {
      .name = "pope",
      .title = "POPE (Li et al. 2023, arXiv 2305.10355)",
      .reports = "accuracy, precision, recall, F1 and yes-ratio by split; mean F1",
      .inputs = {{"questions",
                  "JSONL {question_id, image, text, label}, or LLaVA's merged file "
                  "with a category"},
                 {"answers", "JSONL {question_id, text}, or {question, answer} by position"},
                 {"random", "labels for LLaVA's merged file", false},
                 {"popular", "the same", false},
                 {"adversarial", "the same", false}},
      .variants = {{"pope", {"official", "vcd", "lmms", "vlmevalkit"}, "who reads the answers"}},
      .score = score,
      .prompts = prompts};
}

}  // namespace plumbline::benchmarks
