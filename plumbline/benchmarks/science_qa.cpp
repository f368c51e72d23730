#include "plumbline/benchmarks/science_qa.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "plumbline/benchmarks/science_qa_figures.h"
#include "plumbline/benchmarks/science_qa_files.h"
#include "plumbline/benchmarks/variant_seed.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

constexpr const char* kTestPrompt =
    "\nAnswer with the option's letter from the given choices directly.";

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// The letter of the one match of "The answer is ([A-Z])." ("." is any character), which may not
// overlap.
std::optional<char> only_match(const std::string& text) {
  constexpr std::string_view kStart = "The answer is ";
  std::optional<char> found;
  for (size_t at = text.find(kStart); at != std::string::npos;) {
    const size_t letter = at + kStart.size();
    const bool is_match =
        letter + 1 < text.size() && is_capital(text[letter]) && text[letter + 1] != '\n';
    if (is_match && found) return std::nullopt;
    if (is_match) found = text[letter];
    at = text.find(kStart, is_match ? letter + 2 : at + 1);
  }
  return found;
}

// An answer to each problem; nothing where `missing=official` allows for none.
std::vector<std::optional<eval::Answer>> joined_answers(
    const eval::EvalRequest& request, const std::vector<ScienceProblem>& problems) {
  auto answers = read_science_answers(request.file("answers"));
  std::unordered_set<std::string> there;
  for (const auto& answer : answers) there.insert(answer.id);
  const bool may_miss = request.join == eval::Join::Id && request.variant("missing") == "official";
  std::vector<eval::Asked> asked;
  for (const auto& problem : problems) {
    if (may_miss && !there.contains(problem.id)) continue;
    asked.push_back({.id = problem.id, .where = problem.where});
  }
  auto joined = eval::join(asked, std::move(answers), request.join,
                           {request.file("questions"), request.file("answers")});
  std::vector<std::optional<eval::Answer>> result;
  size_t next = 0;
  for (const auto& problem : problems) {
    const bool is_there = next < asked.size() && asked[next].id == problem.id;
    result.push_back(is_there ? std::optional(std::move(joined[next++])) : std::nullopt);
  }
  return result;
}

struct ScienceChoice {
  std::optional<size_t> choice;
  std::string verdict;
  bool is_malformed = false;
};

ScienceChoice choice_of(const ScienceProblem& problem, const std::string& text, ScienceRule rule,
                        int64_t seed) {
  const auto letter = read_science_answer(text, rule);
  const size_t choice = letter ? kScienceLetters.find(*letter) : std::string_view::npos;
  if (choice < problem.choices.size()) return {choice, science_letter(choice)};
  const std::string verdict =
      letter ? std::string(1, *letter) + ": beyond the choices" : "malformed";
  if (rule == ScienceRule::Llava) return {std::nullopt, verdict, true};
  Random random(random_key(seed, "eval.science_qa").at(problem.id));
  const auto drawn =
      static_cast<size_t>(random.below(static_cast<int64_t>(problem.choices.size())));
  return {drawn, verdict + ", drawn: " + science_letter(drawn), true};
}

std::string asked_text(const ScienceProblem& problem) {
  std::string text = fmt::format("Context: {}\nQuestion: {}\nOptions:",
                                 problem.hint.empty() ? "N/A" : problem.hint, problem.question);
  for (size_t i = 0; i < problem.choices.size(); ++i) {
    text += fmt::format(" ({}) {}", science_letter(i), problem.choices[i]);
  }
  return text;
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto problems = read_science_problems(request);
  const auto answers = joined_answers(request, problems);
  const auto rule = request.variant("sqa") == "v1" ? ScienceRule::V1 : ScienceRule::Llava;
  const int64_t seed = variant_seed(request);
  const ScienceFigures figures(problems);
  eval::Tally tally = figures.start();
  eval::Scoring scoring{.unit = "questions",
                        .malformed_as = rule == ScienceRule::V1 ? "a random choice" : "wrong"};
  int64_t num_missing = 0;
  for (size_t i = 0; i < problems.size(); ++i) {
    const auto& problem = problems[i];
    const bool is_missing = !answers[i];
    num_missing += is_missing;
    const auto choice = is_missing ? ScienceChoice{{}, "no answer", false}
                                   : choice_of(problem, answers[i]->text, rule, seed);
    const bool is_right = choice.choice == problem.answer;
    const bool is_passed_over = is_missing && rule == ScienceRule::V1;
    figures.add(tally, problem, is_right ? 1 : 0, is_passed_over ? 0 : 1,
                !is_missing && !choice.is_malformed);
    scoring.num_malformed += choice.is_malformed;
    scoring.answers.push_back({.id = problem.id,
                               .type = problem.subject,
                               .image = problem.image,
                               .question = asked_text(problem),
                               .reference = science_letter(problem.answer),
                               .answer = is_missing ? "" : answers[i]->text,
                               .verdict = choice.verdict,
                               .score = is_right ? 1.0 : 0.0,
                               .is_malformed = choice.is_malformed});
  }
  scoring.figures = figures.specs();
  scoring.num_sums = tally.num_columns();
  scoring.units = tally.units();
  scoring.values = [figures](const eval::Sums& sums) { return figures.values(sums); };
  scoring.baselines = science_baselines(problems, figures);
  if (num_missing > 0) {
    scoring.notes.push_back(fmt::format("{} problems without an answer: {}.", num_missing,
                                        rule == ScienceRule::V1
                                            ? "passed over, as LLaVA's first script does"
                                            : "wrong, as LLaVA's script counts them"));
  }
  if (rule == ScienceRule::V1 && scoring.num_malformed > 0) {
    scoring.notes.push_back(
        "answers that could not be read count as a random choice: the figures hold for one seed.");
  }
  return scoring;
}

// Questions as LLaVA's list words them, by id.
std::unordered_map<std::string, std::string> listed_questions(const std::string& path) {
  std::unordered_map<std::string, std::string> texts;
  formats::for_each_record(path, [&](const formats::Record& record) {
    const std::string id = eval::required_text(record.value, {"id"}, record.where);
    const auto turns = record.value.find("conversations");
    if (turns == record.value.end() || !turns->is_array() || turns->empty()) {
      throw DataError(Complaint{.component = "eval",
                                .doing = "reading LLaVA's list of questions",
                                .expected = "'conversations'",
                                .got = "none",
                                .where = record.where});
    }
    std::string text = eval::required_text((*turns)[0], {"value"}, record.where);
    constexpr std::string_view kImage = "<image>";
    for (size_t at = text.find(kImage); at != std::string::npos; at = text.find(kImage)) {
      text.erase(at, kImage.size());
    }
    const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    text.erase(0, begin);
    text.resize(text.find_last_not_of(" \t\r\n") + 1);
    texts[id] = text;
  });
  return texts;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::unordered_map<std::string, std::string> listed;
  const std::string& list = request.file("list");
  if (!list.empty()) listed = listed_questions(list);
  std::vector<eval::Prompt> prompts;
  for (const auto& problem : read_science_problems(request)) {
    const auto text = listed.find(problem.id);
    if (!list.empty() && text == listed.end()) {
      throw DataError(Complaint{.component = "eval",
                                .doing = "reading LLaVA's list of questions",
                                .expected = "all problems of the split",
                                .got = "no problem " + problem.id,
                                .where = list});
    }
    prompts.push_back({.id = problem.id,
                       .image = problem.image.empty() ? "" : problem.id + "/" + problem.image,
                       .question = list.empty() ? asked_text(problem) : text->second,
                       .test_prompt = kTestPrompt});
  }
  return prompts;
}

}  // namespace

std::optional<char> read_science_answer(const std::string& text, ScienceRule rule) {
  if (rule == ScienceRule::Llava && !text.empty() &&
      kScienceLetters.find(text[0]) != std::string_view::npos) {
    if (text.size() == 1 || std::string_view(text).substr(1).starts_with(". ")) return text[0];
  }
  return only_match(text);
}

eval::Benchmark science_qa() {
  return {
      .name = "science-qa",
      .title = "ScienceQA (Lu et al. 2022, arXiv 2209.09513)",
      .reports = "accuracy, and that of questions with an image; by subject, context and grade",
      .inputs = {{"questions", "problems.json {id: {question, choices, answer, image, ...}}"},
                 {"answers", "JSONL {question_id, text}, or a result file {outputs: {id: text}}"},
                 {"splits", "pid_splits.json; else the problems' own 'split' counts", false},
                 {"list", "LLaVA's list of questions, for `eval answer`", false}},
      .variants = {{"sqa", {"llava", "v1"}, "who reads the answers"},
                   {"split",
                    {"test", "minitest", "val", "minival", "train", "minitrain", "trainval"},
                    "which problems"},
                   {"missing",
                    {"refused", "official"},
                    "problems without an answer: official: llava wrong, v1 passed over"},
                   {"seed", {}, "of v1's random choices; 0 by default"}},
      .score = score,
      .prompts = prompts};
}

}  // namespace plumbline::benchmarks
