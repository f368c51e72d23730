#include "plumbline/benchmarks/mmbench.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <unordered_map>

#include "plumbline/base/base64.h"
#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "plumbline/benchmarks/mmbench_figures.h"
#include "plumbline/benchmarks/mmbench_files.h"
#include "plumbline/benchmarks/variant_seed.h"
#include "plumbline/eval/replies.h"

namespace plumbline::benchmarks {
namespace {

constexpr const char* kTestPrompt =
    "\nAnswer with the option's letter from the given choices directly.";

LetterRule rule_of(const eval::EvalRequest& request) {
  return request.variant("mmbench") == "lmms" ? LetterRule::Lmms : LetterRule::VlmEvalKit;
}

// lmms-eval prints three decimals of percent; the leaderboard one.
eval::Format format_of(LetterRule rule) {
  return {.digits = rule == LetterRule::Lmms ? 3 : 1, .scale = 100};
}

// Hint, question and options as LLaVA-1.5 lays them out; it stops at the first missing option.
std::string asked_text(const MmbenchRow& row) {
  std::string text = row.hint.empty() ? row.question : row.hint + "\n" + row.question;
  char next = 'A';
  for (const Option& option : row.options) {
    if (option.letter != next++) break;
    text += fmt::format("\n{}. {}", option.letter, option.text);
  }
  return text;
}

// A table repeats the bare question; LLaVA's answers repeat all that was asked.
void check_question(const MmbenchRow& row, const eval::Answer& answer) {
  if (answer.question.empty() || eval::is_same_question(row.question, answer.question) ||
      eval::is_same_question(row.hint + "\n" + row.question, answer.question)) {
    return;
  }
  throw DataError(Complaint{.component = "eval",
                            .doing = "joining answers to questions",
                            .expected = "the question '" + row.question.substr(0, 100) + "'",
                            .got = "'" + answer.question.substr(0, 100) + "'",
                            .where = answer.where,
                            .hint = "the files are of different editions."});
}

std::vector<eval::Answer> joined_answers(const eval::EvalRequest& request,
                                         const std::vector<MmbenchRow>& rows) {
  std::vector<eval::Asked> asked;
  for (const MmbenchRow& row : rows) {
    asked.push_back({.id = std::to_string(row.index), .where = row.where});
  }
  auto answers = eval::join(asked, read_mmbench_answers(request.file("answers")), request.join,
                            {request.file("questions"), request.file("answers")});
  for (size_t i = 0; i < rows.size(); ++i) check_question(rows[i], answers[i]);
  return answers;
}

// Rows whose letter the answer does not give by itself.
std::vector<size_t> unresolved(const std::vector<MmbenchRow>& rows,
                               const std::vector<eval::Answer>& answers, LetterRule rule) {
  std::vector<size_t> result;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!option_letter(answers[i].text, rows[i].options, rule)) result.push_back(i);
  }
  return result;
}

// An empty answer names nothing: nobody is asked about it.
bool is_for_judge(const eval::Answer& answer) {
  return answer.text.find_first_not_of(" \t\r\n") != std::string::npos;
}

char random_letter(const MmbenchRow& row, LetterRule rule, int64_t seed) {
  std::string letters;
  if (rule == LetterRule::Lmms) letters = "ABCD";  // whichever options there are
  for (const Option& option : row.options) {
    if (rule != LetterRule::Lmms) letters += option.letter;
  }
  letters += none_letter(rule);
  const auto key = random_key(seed, "eval.mmbench").at(static_cast<uint64_t>(row.index));
  return letters[static_cast<size_t>(Random(key).below(static_cast<int64_t>(letters.size())))];
}

std::vector<MmbenchChoice> choices_of(const eval::EvalRequest& request,
                                      const std::vector<MmbenchRow>& rows,
                                      const std::vector<eval::Answer>& answers) {
  const LetterRule rule = rule_of(request);
  const int64_t seed = variant_seed(request);
  std::vector<MmbenchChoice> choices(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    choices[i].letter = option_letter(answers[i].text, rows[i].options, rule).value_or(0);
  }
  if (!request.file("replies").empty()) {
    std::vector<size_t> judged;
    std::vector<eval::JudgedAnswer> texts;
    for (const size_t i : unresolved(rows, answers, rule)) {
      if (!is_for_judge(answers[i])) continue;
      judged.push_back(i);
      texts.push_back({std::to_string(rows[i].index), answers[i].text, texts.size()});
    }
    const auto replies = eval::read_replies(request, texts);
    for (size_t j = 0; j < judged.size(); ++j) {
      const size_t i = judged[j];
      choices[i].letter = option_letter(replies.texts[j], rows[i].options, rule).value_or(0);
    }
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    choices[i].is_malformed = choices[i].letter == 0;
    if (choices[i].is_malformed && request.variant("fail") == "random") {
      choices[i].letter = random_letter(rows[i], rule, seed);
    }
  }
  return choices;
}

std::vector<std::pair<std::string, std::vector<double>>> constant_answers(
    const std::vector<MmbenchRow>& rows, const MmbenchFigures& figures) {
  std::map<char, int64_t> right;  // how often each letter is the answer
  for (const MmbenchRow& row : rows) {
    for (const Option& option : row.options) right[option.letter] += option.letter == row.answer;
  }
  char most = right.begin()->first;
  for (const auto& [letter, count] : right) most = count > right[most] ? letter : most;
  const auto always = [&](char letter) {
    const eval::Tally tally =
        figures.count(rows, std::vector<MmbenchChoice>(rows.size(), {letter}));
    return figures.values(eval::total({.num_sums = tally.num_columns(), .units = tally.units()}));
  };
  std::vector<std::pair<std::string, std::vector<double>>> baselines;
  baselines.emplace_back(fmt::format("most frequent letter ({})", most), always(most));
  for (const auto& [letter, _] : right) {
    baselines.emplace_back(fmt::format("all {}", letter), always(letter));
  }
  return baselines;
}

std::vector<std::string> notes_of(const eval::EvalRequest& request,
                                  const std::vector<MmbenchRow>& rows, bool is_rotated) {
  std::vector<std::string> notes;
  if (!is_rotated) notes.push_back("no rotations in the questions: there is no circular accuracy.");
  int64_t num_hidden = 0;
  for (const MmbenchRow& row : rows) {
    bool is_there = false;
    for (const Option& option : row.options) is_there = is_there || option.letter == row.answer;
    num_hidden += is_there ? 0 : 1;
  }
  if (num_hidden > 0) {
    notes.push_back(fmt::format(
        "{} rows whose right option is a word that pandas reads as missing, such as \"None\": the "
        "official scripts drop it, so that only chance can answer them right.",
        num_hidden));
  }
  if (request.variant("fail") == "random") {
    notes.push_back(
        "answers that could not be read count as a random option: the figures hold for one seed, "
        "and the official scripts draw other numbers.");
  }
  return notes;
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto rows = read_mmbench(request.file("questions"));
  const bool is_rotated = check_mmbench(rows, request.file("questions"));
  const auto answers = joined_answers(request, rows);
  const auto choices = choices_of(request, rows, answers);
  const MmbenchFigures figures(rows, is_rotated, format_of(rule_of(request)));
  const eval::Tally tally = figures.count(rows, choices);
  eval::Scoring scoring{
      .figures = figures.specs(),
      .num_sums = tally.num_columns(),
      .units = tally.units(),
      .unit = "questions",
      .values = [figures](const eval::Sums& sums) { return figures.values(sums); },
      .malformed_as = request.variant("fail") == "random" ? "a random option" : "wrong",
      .baselines = constant_answers(rows, figures),
      .notes = notes_of(request, rows, is_rotated)};
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool is_right = choices[i].letter == rows[i].answer;
    scoring.num_malformed += choices[i].is_malformed;
    scoring.answers.push_back(
        {.id = std::to_string(rows[i].index),
         .type = rows[i].category,
         .image = "",
         .question = asked_text(rows[i]),
         .reference = std::string(1, rows[i].answer),
         .answer = answers[i].text,
         .verdict = choices[i].is_malformed ? "malformed" : std::string(1, choices[i].letter),
         .score = is_right ? 1.0 : 0.0,
         .is_malformed = choices[i].is_malformed});
  }
  return scoring;
}

// The picture of a row, base64; VLMEvalKit's tables may give the index of a row before it instead.
std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  constexpr size_t kLongestIndex = 64;
  std::vector<eval::Prompt> prompts;
  std::unordered_map<std::string, size_t> places;
  for_each_mmbench_row(request.file("questions"), true, [&](MmbenchRow&& row) {
    const auto other = places.find(row.image);
    const bool is_index = row.image.size() <= kLongestIndex && other != places.end();
    auto bytes =
        is_index ? std::optional(prompts[other->second].image_bytes) : from_base64(row.image);
    if (!bytes || bytes->empty()) {
      throw DataError(Complaint{.component = "eval",
                                .doing = "reading MMBench",
                                .expected = "a picture as base64, or the index of a row before it",
                                .got = row.image.empty() ? "none" : "something else",
                                .where = row.where});
    }
    const std::string id = std::to_string(row.index);
    places.emplace(id, prompts.size());
    prompts.push_back({.id = id,
                       .image = "",
                       .image_bytes = *std::move(bytes),
                       .question = asked_text(row),
                       .test_prompt = kTestPrompt,
                       .max_tokens = 64});
  });
  return prompts;
}

std::string judge_text(const MmbenchRow& row, const std::string& answer, LetterRule rule) {
  std::string options;
  for (const Option& option : row.options) {
    options += fmt::format("{}. {}\n", option.letter, option.text);
  }
  return fmt::format(
      "Someone answered a multiple-choice question in their own words. Say which option means the "
      "same as their answer, or comes closest to it. Judge only what the answer says, not whether "
      "it is right.\n\nQuestion: {}\nOptions:\n{}Answer: {}\n\nReply with one letter and nothing "
      "else: that of the option, or {} if no option comes close.",
      row.question, options, answer, none_letter(rule));
}

std::vector<api::JudgeRequest> judge_requests(const eval::EvalRequest& request) {
  const auto rows = read_mmbench(request.file("questions"));
  const auto answers = joined_answers(request, rows);
  const LetterRule rule = rule_of(request);
  std::vector<api::JudgeRequest> requests;
  for (const size_t i : unresolved(rows, answers, rule)) {
    if (!is_for_judge(answers[i])) continue;
    requests.push_back({.id = std::to_string(rows[i].index),
                        .messages = {{"user", judge_text(rows[i], answers[i].text, rule)}},
                        .temperature = 0,
                        .max_tokens = 256,
                        .about = answers[i].text});
  }
  return requests;
}

}  // namespace

eval::Benchmark mmbench() {
  return {.name = "mmbench",
          .title = "MMBench (Liu et al. 2023, arXiv 2307.06281)",
          .reports = "circular, vanilla and row accuracy; accuracy by category",
          .judge = "the option that comes closest to an answer which names none",
          .inputs = {{"questions", "the official TSV, or xlsx, or JSONL of the same columns"},
                     {"answers", "xlsx or TSV {index, prediction}, or JSONL {question_id, text}"},
                     {"replies", "a judge's, to answers that name no option", false}},
          .variants = {{"mmbench", {"vlmevalkit", "lmms"}, "who reads the answers"},
                       {"fail", {"wrong", "random"}, "what an answer counts as that names none"},
                       {"seed", {}, "of fail=random; 0 by default"},
                       eval::judges_variant()},
          .score = score,
          .prompts = prompts,
          .judge_requests = judge_requests};
}

}  // namespace plumbline::benchmarks
