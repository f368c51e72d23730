#include "plumbline/benchmarks/own_benchmark.h"

#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/benchmarks/rating_scale.h"
#include "plumbline/eval/replies.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr eval::Unfit unfit{"reading the benchmark's questions"};

// A line for each fact.
std::string facts_of(const json& record, const std::string& where) {
  const auto found = record.find("facts");
  if (found == record.end() || found->is_null()) return "";
  if (!found->is_array()) throw unfit("'facts' as a list of texts", found->type_name(), where);
  std::string lines;
  for (const json& fact : *found) {
    if (!fact.is_string()) throw unfit("'facts' as a list of texts", fact.type_name(), where);
    lines += (lines.empty() ? "- " : "\n- ") + fact.get<std::string>();
  }
  return lines;
}

std::vector<RatedItem> read_questions(const eval::EvalRequest& request) {
  std::vector<RatedItem> items;
  const std::string& path = request.file("questions");
  formats::for_each_record(path, [&](const formats::Record& record) {
    const auto& where = record.where;
    items.push_back(
        {.asked = {.id = eval::required_text(record.value, {"id", "question_id"}, where),
                   .question = eval::required_text(record.value, {"question", "text"}, where),
                   .image = eval::required_text(record.value, {"image"}, where),
                   .where = where},
         .type = eval::text_of(record.value, {"type"}, where).value_or(""),
         .facts = facts_of(record.value, where),
         .reference = eval::required_text(record.value, {"reference"}, where)});
  });
  if (items.empty()) throw unfit("questions", "an empty file", path);
  return items;
}

std::vector<eval::Answer> read_answers(const eval::EvalRequest& request,
                                       const std::vector<RatedItem>& items) {
  std::vector<eval::Asked> asked;
  for (const auto& item : items) asked.push_back(item.asked);
  return eval::join(asked, eval::read_answer_file(request.file("answers")), request.join,
                    {request.file("questions"), request.file("answers")});
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto items = read_questions(request);
  const auto answers = read_answers(request, items);
  std::vector<eval::JudgedAnswer> judged;
  std::set<std::string> types;
  for (size_t i = 0; i < items.size(); ++i) {
    judged.push_back({items[i].asked.id, answers[i].text, answers[i].place});
    if (!items[i].type.empty()) types.insert(items[i].type);
  }
  const auto replies = eval::read_replies(request, judged);
  auto scoring = score_ratings(items, answers, replies.texts, {types.begin(), types.end()},
                               {.has_type_rates = true});
  scoring.judge = replies.judge;
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const auto& item : read_questions(request)) {
    prompts.push_back(
        {.id = item.asked.id, .image = item.asked.image, .question = item.asked.question});
  }
  return prompts;
}

std::vector<api::JudgeRequest> judge_requests(const eval::EvalRequest& request) {
  const auto items = read_questions(request);
  return rating_requests(items, read_answers(request, items), request.file("prompt"));
}

}  // namespace

eval::Benchmark own_benchmark() {
  return {.name = "own",
          .title = "your own questions, judged on MMHal-Bench's scale",
          .reports = "mean score from 0 to 6 and hallucination rate, in all and by type",
          .judge = "a rating from 0 to 6 of each answer",
          .inputs = {{"questions", "JSONL {id, image, question, reference, type, facts: [...]}"},
                     {"answers", "JSONL {question_id, text}"},
                     {"replies", "the judge's: JSONL {id, reply}"},
                     {"prompt",
                      "the judge's prompt; {facts}, {question}, {reference}, {answer}, or "
                      "four {}; without: ours",
                      false}},
          .variants = {eval::judges_variant()},
          .score = score,
          .prompts = prompts,
          .judge_requests = judge_requests};
}

}  // namespace plumbline::benchmarks
