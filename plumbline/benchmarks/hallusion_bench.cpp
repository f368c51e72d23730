#include "plumbline/benchmarks/hallusion_bench.h"

#include <fmt/format.h>

#include <cctype>

#include "plumbline/base/error.h"
#include "plumbline/benchmarks/hallusion_figures.h"
#include "plumbline/benchmarks/judge_prompt.h"
#include "plumbline/benchmarks/vlmevalkit_yes_no.h"
#include "plumbline/eval/replies.h"

namespace plumbline::benchmarks {
namespace {

constexpr const char* kOfficialCode = "gpt4v_output_gpt_check";

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_kit(const eval::EvalRequest& request) {
  return request.variant("hallusion") == "vlmevalkit";
}

HallusionStyle style_of(const eval::EvalRequest& request) {
  return {.is_kit = is_kit(request), .is_easy_by_figure = request.variant("easy") == "figure_id"};
}

// What a judge made of each answer.
struct Judged {
  std::vector<Correctness> codes = {};
  std::string judge = {};
  int64_t num_malformed = 0;
  std::vector<bool> is_malformed = {};
  std::vector<std::string> notes = {};
};

Judged read_judged(const eval::EvalRequest& request,
                   const std::vector<HallusionQuestion>& questions,
                   const std::vector<eval::Answer>& answers) {
  Judged judged;
  std::vector<eval::JudgedAnswer> put;
  for (size_t i = 0; i < answers.size(); ++i)
    put.push_back({questions[i].asked.id, answers[i].text, answers[i].place});
  const auto replies = eval::read_replies(request, put);
  judged.judge = replies.judge;
  int64_t num_negated = 0;
  for (const auto& reply : replies.texts) {
    const std::string text = lower(reply);
    const auto code = read_correctness(reply);
    judged.codes.push_back(code);
    judged.is_malformed.push_back(code == Correctness::Unclear &&
                                  text.find("unclear") == std::string::npos);
    judged.num_malformed += judged.is_malformed.back();
    num_negated += code == Correctness::Correct && text.find("not correct") != std::string::npos;
  }
  if (num_negated > 0) {
    judged.notes.push_back(fmt::format(
        "{} replies say \"not correct\" and count as correct, as the official script counts them.",
        num_negated));
  }
  return judged;
}

// The codes that an answer file of the official script holds.
Judged read_coded(const eval::EvalRequest& request,
                  const std::vector<HallusionQuestion>& questions) {
  const std::string& chosen = request.variant("codes");
  const std::string name = chosen.empty() ? kOfficialCode : chosen;
  Judged judged;
  for (const int code : read_codes(request, questions, name)) {
    judged.codes.push_back(static_cast<Correctness>(code));
    judged.is_malformed.push_back(false);
  }
  judged.notes.push_back("correctness is that of '" + name + "' in the answer file.");
  return judged;
}

eval::ScoredAnswer scored(const HallusionQuestion& question, const eval::Answer& answer,
                          const std::string& verdict, bool is_right, bool is_malformed) {
  return {
      .id = question.asked.id,
      .type = question.set.substr(0, question.set.rfind('_')),
      .image = question.asked.image,
      .question = question.asked.question,
      .reference = question.details.empty() ? (question.is_yes ? "yes" : "no") : question.details,
      .answer = answer.text,
      .verdict = verdict,
      .score = is_right ? 1.0 : 0.0,
      .is_malformed = is_malformed};
}

eval::Scoring score_official(const eval::EvalRequest& request,
                             const std::vector<HallusionQuestion>& questions,
                             const std::vector<eval::Answer>& answers) {
  const bool has_replies = !request.file("replies").empty();
  const Judged judged =
      has_replies ? read_judged(request, questions, answers) : read_coded(request, questions);
  std::vector<bool> rights;
  eval::Scoring scoring{.num_malformed = judged.num_malformed,
                        .judge = judged.judge,
                        .malformed_as = "unclear",
                        .notes = judged.notes};
  for (size_t i = 0; i < questions.size(); ++i) {
    const Correctness code = judged.codes[i];
    rights.push_back(code == Correctness::Correct ||
                     (code == Correctness::Unclear && questions[i].is_without_figure()));
    const char* verdict = code == Correctness::Correct     ? "correct"
                          : code == Correctness::Incorrect ? "incorrect"
                                                           : "unclear";
    scoring.answers.push_back(
        scored(questions[i], answers[i], verdict, rights[i], judged.is_malformed[i]));
  }
  add_hallusion_figures(scoring, questions, rights, style_of(request));
  return scoring;
}

std::vector<double> constant(const std::vector<HallusionQuestion>& questions, bool is_yes,
                             const HallusionStyle& style) {
  std::vector<bool> rights;
  for (const auto& question : questions) rights.push_back(question.is_yes == is_yes);
  eval::Scoring scoring;
  add_hallusion_figures(scoring, questions, rights, style);
  return scoring.values(eval::total(scoring));
}

eval::Scoring score_kit(const eval::EvalRequest& request,
                        const std::vector<HallusionQuestion>& all) {
  std::vector<HallusionQuestion> questions, others;
  for (const auto& question : all) {
    (question.visual_input == 0 ? others : questions).push_back(question);
  }
  const auto answers = read_hallusion_answers(request, questions, others);
  std::vector<bool> rights;
  eval::Scoring scoring{.malformed_as = "wrong"};
  for (size_t i = 0; i < questions.size(); ++i) {
    const eval::YesNo read = vlmevalkit_yes_no(answers[i].text);
    rights.push_back(read != eval::YesNo::Neither &&
                     (read == eval::YesNo::Yes) == questions[i].is_yes);
    scoring.num_malformed += read == eval::YesNo::Neither;
    scoring.answers.push_back(scored(questions[i], answers[i], eval::name_of(read), rights.back(),
                                     read == eval::YesNo::Neither));
  }
  const auto style = style_of(request);
  add_hallusion_figures(scoring, questions, rights, style);
  scoring.baselines = {{"all yes", constant(questions, true, style)},
                       {"all no", constant(questions, false, style)}};
  scoring.notes.push_back(
      fmt::format("{} of {} questions: those with a picture.", questions.size(), all.size()));
  return scoring;
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto questions = read_hallusion_questions(request.file("questions"));
  if (is_kit(request)) return score_kit(request, questions);
  return score_official(request, questions, read_hallusion_answers(request, questions));
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const auto& question : read_hallusion_questions(request.file("questions"))) {
    prompts.push_back({.id = question.asked.id,
                       .image = question.asked.image,
                       .question = question.asked.question});
  }
  return prompts;
}

std::vector<api::JudgeRequest> judge_requests(const eval::EvalRequest& request) {
  const auto questions = read_hallusion_questions(request.file("questions"));
  const auto answers = read_hallusion_answers(request, questions);
  const std::string& path = request.file("prompt");
  const std::string prompt = prompt_of(path, correctness_prompt());
  std::vector<api::JudgeRequest> requests;
  for (size_t i = 0; i < questions.size(); ++i) {
    const auto& question = questions[i];
    const std::string truth =
        question.details.empty() ? (question.is_yes ? "Yes." : "No.") : question.details;
    requests.push_back({.id = question.asked.id,
                        .messages = {{"user", filled(prompt,
                                                     {{"question", question.asked.question},
                                                      {"reference", truth},
                                                      {"answer", answers[i].text}},
                                                     path.empty() ? kShippedPrompt : path)}},
                        .about = answers[i].text});
  }
  return requests;
}

}  // namespace

Correctness read_correctness(const std::string& reply) {
  const std::string text = lower(reply);
  if (text.find("incorrect") != std::string::npos) return Correctness::Incorrect;
  return text.find("correct") != std::string::npos ? Correctness::Correct : Correctness::Unclear;
}

eval::Benchmark hallusion_bench() {
  return {
      .name = "hallusion-bench",
      .title = "HallusionBench (Guan et al. 2024, arXiv 2310.14566)",
      .reports = "accuracy by question, by question over all its figures, and by figure",
      .judge = "correct, incorrect or unclear of each answer (not for vlmevalkit)",
      .inputs = {{"questions", "the official list, HallusionBench.json"},
                 {"answers", "the same list with model_prediction, or JSONL {id, text}"},
                 {"replies", "the judge's; without: codes 0, 1, 2 that the answers hold", false},
                 {"prompt",
                  "the judge's prompt; {question}, {reference}, {answer}, or three {}; without: "
                  "ours",
                  false}},
      .variants = {{"hallusion", {"official", "vlmevalkit"}, "whose questions and figures"},
                   {"easy",
                    {"visual_input", "figure_id"},
                    "easy questions: not of an edited picture, or (earlier script) of figure 0"},
                   {"codes", {}, "the answers' member with the codes; gpt4v_output_gpt_check"},
                   eval::judges_variant()},
      .score = score,
      .prompts = prompts,
      .judge_requests = judge_requests};
}

}  // namespace plumbline::benchmarks
