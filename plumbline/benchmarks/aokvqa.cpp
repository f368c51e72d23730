#include "plumbline/benchmarks/aokvqa.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/answer_formats.h"
#include "plumbline/benchmarks/aokvqa_answers.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

constexpr eval::Unfit unfit{"reading A-OKVQA"};
constexpr eval::Unfit unfit_to_score{"scoring A-OKVQA"};
constexpr eval::Unfit unfit_to_join{"joining answers to questions"};

constexpr eval::Format kPercent = {.digits = 2, .scale = 100};

struct Question {
  eval::Asked asked;
  std::vector<std::string> choices = {}, direct_answers = {};
  std::optional<size_t> right = {};  // the choice; the test split does not say
  bool is_difficult = false;         // left out of the direct answers
};

std::vector<std::string> texts_of(const nlohmann::json& record, const std::string& name,
                                  const std::string& where) {
  const auto found = record.find(name);
  const bool is_list = found != record.end() && found->is_array();
  if (!is_list || !std::all_of(found->begin(), found->end(),
                               [](const auto& text) { return text.is_string(); })) {
    throw unfit("a list of texts as '" + name + "'",
                found == record.end() ? "none" : found->type_name(), where);
  }
  return found->get<std::vector<std::string>>();
}

Question read_question(const nlohmann::json& record, const std::string& where) {
  Question question{.asked = {.id = eval::required_text(record, {"question_id"}, where),
                              .question = eval::required_text(record, {"question"}, where),
                              .image = eval::required_text(record, {"image_id"}, where),
                              .where = where},
                    .choices = texts_of(record, "choices", where)};
  if (record.contains("direct_answers")) {
    question.direct_answers = texts_of(record, "direct_answers", where);
  }
  if (record.contains("difficult_direct_answer")) {
    const auto& is_difficult = record["difficult_direct_answer"];
    if (!is_difficult.is_boolean()) {
      throw unfit("true or false as 'difficult_direct_answer'", is_difficult.dump(), where);
    }
    question.is_difficult = is_difficult.get<bool>();
  }
  if (!record.contains("correct_choice_idx")) return question;
  const auto& right = record["correct_choice_idx"];
  if (!right.is_number_unsigned() || right.get<size_t>() >= question.choices.size()) {
    throw unfit(fmt::format("the place of one of {} choices", question.choices.size()),
                right.dump(), where);
  }
  question.right = right.get<size_t>();
  return question;
}

std::vector<Question> read_questions(const std::string& path) {
  std::vector<Question> questions;
  std::unordered_set<std::string> ids;
  formats::for_each_record(path, [&](formats::Record&& record) {
    questions.push_back(read_question(record.value, record.where));
    const std::string& id = questions.back().asked.id;
    if (ids.insert(id).second) return;
    throw unfit("each question once", "question " + id + " again", record.where);
  });
  if (questions.empty()) throw unfit("questions", "an empty file", path);
  return questions;
}

void check_labels(const std::vector<Question>& questions) {
  for (const Question& question : questions) {
    if (question.right && (question.is_difficult || !question.direct_answers.empty())) continue;
    throw unfit_to_score("'correct_choice_idx' and 'direct_answers'", "none", question.asked.where,
                         "those of the test split are not public.");
  }
}

// One of the two settings: its columns, and what answers in it are worth.
struct Setting {
  std::string name;
  uint32_t count, sum;

  Setting(eval::Tally& tally, const std::string& called)
      : name(called), count(tally.column(called + " count")), sum(tally.column(called + " sum")) {}
  double value(const eval::Sums& sums) const { return eval::ratio(sums[sum], sums[count]); }
};

struct Verdict {
  double score = 0;
  bool is_malformed = false;
  std::string text = {};
};

Verdict choose(const Question& question, const std::string& answer) {
  const auto choice = aokvqa_choice(answer, question.choices);
  if (!choice) return {.is_malformed = true, .text = "none of the choices"};
  const bool is_right = *choice == question.choices[*question.right];
  return {.score = is_right ? 1.0 : 0.0, .text = *choice};
}

Verdict compare(const Question& question, const std::string& answer) {
  const auto& people = question.direct_answers;
  const auto matches = std::count(people.begin(), people.end(), answer);
  return {.score = std::min(1.0, static_cast<double>(matches) / 3),
          .is_malformed = answer.empty(),
          .text = fmt::format("{} of {}", matches, people.size())};
}

// The answers as they are joined: to each question at most one. Throws DataError for the same id
// twice and for ids that nobody asked.
std::vector<const AokvqaAnswer*> joined(const std::vector<Question>& questions,
                                        const std::vector<AokvqaAnswer>& answers) {
  std::unordered_map<std::string, const AokvqaAnswer*> by_id;
  for (const auto& answer : answers) {
    if (by_id.emplace(answer.id, &answer).second) continue;
    throw unfit_to_join("each id once", answer.id + " again", answer.where);
  }
  std::vector<const AokvqaAnswer*> found;
  for (const auto& question : questions) {
    const auto entry = by_id.find(question.asked.id);
    found.push_back(entry == by_id.end() ? nullptr : entry->second);
    if (entry != by_id.end()) by_id.erase(entry);
  }
  if (by_id.empty()) return found;
  std::vector<std::string> unknown;
  for (const auto& [id, _] : by_id) unknown.push_back(id);
  std::sort(unknown.begin(), unknown.end());
  throw unfit_to_join("answers to the questions",
                      "answers to " + eval::first_of(unknown) + ", which nobody asked",
                      by_id.at(unknown.front())->where, "the answers may be of another split.");
}

// Scores the answers of one setting. What a system leaves out is an error, or wrong.
class SettingScorer {
 public:
  SettingScorer(const Setting& setting, bool is_choice, bool is_strict, const std::string& path)
      : setting_(setting), is_choice_(is_choice), is_strict_(is_strict), path_(path) {}

  void add(eval::Tally& tally, eval::Scoring& scoring, const Question& question,
           const std::optional<std::string>& answer, const std::string& where) {
    if (!is_choice_ && question.is_difficult) return;
    if (is_strict_ && !answer) {
      missing_.push_back(question.asked.id);
      return;
    }
    Verdict verdict{.is_malformed = true, .text = "missing"};
    if (answer) verdict = is_choice_ ? choose(question, *answer) : compare(question, *answer);
    if (is_strict_ && is_choice_ && verdict.is_malformed) throw no_choice(question, *answer, where);
    tally.add(question.asked.image, setting_.count);
    tally.add(question.asked.image, setting_.sum, verdict.score);
    scoring.num_malformed += verdict.is_malformed;
    scoring.answers.push_back({.id = question.asked.id,
                               .type = setting_.name,
                               .image = question.asked.image,
                               .question = question.asked.question,
                               .reference = is_choice_ ? question.choices[*question.right]
                                                       : question.direct_answers.front(),
                               .answer = answer.value_or(""),
                               .verdict = verdict.text,
                               .score = verdict.score,
                               .is_malformed = verdict.is_malformed});
  }
  void check_complete() const {
    if (missing_.empty()) return;
    throw unfit_to_join("an answer in the setting " + setting_.name + " to each question",
                        "none to " + eval::first_of(missing_), path_,
                        "--variant strict=no counts them as wrong.");
  }

 private:
  static DataError no_choice(const Question& question, const std::string& answer,
                             const std::string& where) {
    return unfit_to_score(
        fmt::format("one of '{}', or a letter", fmt::join(question.choices, "', '")),
        "'" + answer + "'", where, "--variant strict=no counts other answers as wrong.");
  }

  const Setting& setting_;
  bool is_choice_, is_strict_;
  std::string path_;
  std::vector<std::string> missing_;
};

// The letter that is right most often, always given; nobody answers directly.
std::pair<std::string, std::vector<double>> usual_letter(const std::vector<Question>& questions) {
  std::map<size_t, int64_t> counts;
  for (const Question& question : questions) ++counts[*question.right];
  const auto usual =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const double share =
      eval::ratio(static_cast<double>(usual->second), static_cast<double>(questions.size()));
  return {fmt::format("all {}", static_cast<char>('A' + usual->first)), {share, eval::ratio(0, 0)}};
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto questions = read_questions(request.file("questions"));
  check_labels(questions);
  if (request.join == eval::Join::Position) {
    throw ConfigError(Complaint{.component = "eval",
                                .doing = "scoring A-OKVQA",
                                .expected = "--join id",
                                .got = "--join position",
                                .hint = "its predictions are named by their questions."});
  }
  const auto answers =
      read_aokvqa_answers(request.file("answers"), request.variant("setting") == "multiple_choice");
  const auto of_questions = joined(questions, answers);
  const bool is_strict = request.variant("strict") == "yes";
  eval::Tally tally;
  const Setting choice(tally, "multiple_choice"), direct(tally, "direct_answer");
  SettingScorer choices(choice, true, is_strict, request.file("answers"));
  SettingScorer directs(direct, false, is_strict, request.file("answers"));
  const auto has = [&](const auto part) {
    return std::any_of(answers.begin(), answers.end(),
                       [&](const AokvqaAnswer& answer) { return (answer.*part).has_value(); });
  };
  const bool has_choices = has(&AokvqaAnswer::multiple_choice);
  const bool has_directs = has(&AokvqaAnswer::direct_answer);
  eval::Scoring scoring{.malformed_as = "wrong"};
  const AokvqaAnswer none;
  for (size_t i = 0; i < questions.size(); ++i) {
    tally.add(questions[i].asked.image, choice.sum,
              0);  // units are the questions', not the answers'
    const AokvqaAnswer& answer = of_questions[i] == nullptr ? none : *of_questions[i];
    if (has_choices) {
      choices.add(tally, scoring, questions[i], answer.multiple_choice, answer.where);
    }
    if (has_directs) {
      directs.add(tally, scoring, questions[i], answer.direct_answer, answer.where);
    }
  }
  choices.check_complete();
  directs.check_complete();
  scoring.figures = {{.name = choice.name, .format = kPercent, .is_main = true},
                     {.name = direct.name, .format = kPercent, .is_main = true}};
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [choice, direct](const eval::Sums& sums) {
    return std::vector<double>{choice.value(sums), direct.value(sums)};
  };
  scoring.baselines = {usual_letter(questions)};
  if (!has_choices) scoring.notes.push_back("The answers have no multiple_choice.");
  if (!has_directs) scoring.notes.push_back("The answers have no direct_answer.");
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  const bool is_choice = request.variant("setting") == "multiple_choice";
  std::vector<eval::Prompt> prompts;
  for (const Question& question : read_questions(request.file("questions"))) {
    std::string options;
    for (size_t i = 0; i < question.choices.size(); ++i) {
      options += fmt::format("\n{}. {}", static_cast<char>('A' + i), question.choices[i]);
    }
    prompts.push_back(
        {.id = question.asked.id,
         .image = fmt::format("{:0>12}.jpg", question.asked.image),
         .question = question.asked.question,
         .test_prompt = is_choice ? options + kOptionLetterPrompt : kShortAnswerPrompt,
         .max_tokens = kShortAnswerTokens});
  }
  return prompts;
}

}  // namespace

eval::Benchmark aokvqa() {
  return {.name = "aokvqa",
          .title = "A-OKVQA (Schwenk et al. 2022, arXiv 2206.01718)",
          .reports = "accuracy of multiple choice and of direct answers",
          .inputs = {{"questions",
                      "the official list [{question_id, image_id, question, choices, "
                      "correct_choice_idx, direct_answers}]"},
                     {"answers",
                      "the official {id: {multiple_choice, direct_answer}}, or JSONL "
                      "{question_id, text}"}},
          .variants = {{"setting",
                        {"multiple_choice", "direct_answer"},
                        "what is asked, and what a 'text' answers"},
                       {"strict",
                        {"yes", "no"},
                        "whether answers that are missing or no choice are refused, or wrong"}},
          .score = score,
          .prompts = prompts};
}

}  // namespace plumbline::benchmarks
