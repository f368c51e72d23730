#include "plumbline/benchmarks/mmhal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/benchmarks/rating_scale.h"
#include "plumbline/eval/replies.h"
#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr size_t kQuestions = 96;
// The type of the n-th question is the (n mod 8)-th.
const std::vector<std::string> kTypes = {"attribute", "adversarial", "comparison", "counting",
                                         "relation",  "environment", "holistic",   "other"};

struct Questions {
  std::vector<RatedItem> items;
  std::vector<std::string> notes;
};

constexpr eval::Unfit unfit{"reading MMHal-Bench"};

// The last part of image_src, which is how the image files are called.
std::string image_of(const json& record, const std::string& where) {
  const auto path = eval::text_of(record, {"image_src", "image", "image_path", "image_id"}, where);
  if (!path || path->empty()) throw unfit("an image_src", "none", where);
  return path->substr(path->rfind('/') + 1);
}

std::string contents_of(const json& record, const std::string& where) {
  const auto found = record.find("image_content");
  if (found == record.end() || found->is_null()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_array()) throw unfit("image_content as a list", found->type_name(), where);
  std::vector<std::string> names;
  for (const json& name : *found) {
    if (!name.is_string()) throw unfit("image_content as a list of texts", name.type_name(), where);
    names.push_back(name.get<std::string>());
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

// Empty where the record does not say.
std::string type_of(const json& record, const std::string& where) {
  const std::string type = eval::text_of(record, {"question_type"}, where).value_or("");
  if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    throw unfit(fmt::format("a question_type of {}", fmt::join(kTypes, ", ")), "'" + type + "'",
                where);
  }
  return type;
}

RatedItem read_item(const json& record, size_t index, const std::string& where) {
  return {.asked = {.id = eval::text_of(record, {"question_id", "id"}, where)
                              .value_or(std::to_string(index)),
                    .question = eval::required_text(record, {"question"}, where),
                    .image = image_of(record, where),
                    .where = where},
          .type = type_of(record, where),
          .facts = contents_of(record, where),
          .reference = eval::required_text(record, {"gt_answer"}, where)};
}

// Types by position where the file has none, as the official script takes them throughout.
void fill_types(Questions& questions, const std::string& path) {
  auto& items = questions.items;
  const auto num_typed = std::count_if(items.begin(), items.end(),
                                       [](const auto& item) { return !item.type.empty(); });
  if (num_typed != 0 && num_typed != static_cast<std::ptrdiff_t>(items.size())) {
    throw unfit("a question_type in each record or in none",
                fmt::format("{} in {} records", num_typed, items.size()), path);
  }
  if (items.size() != kQuestions) {
    if (num_typed == 0) {
      throw unfit("96 questions, whose types follow from their order", std::to_string(items.size()),
                  path,
                  "a record that is missing shifts all later types; with a question_type in each "
                  "record any number of questions can be scored.");
    }
    questions.notes.push_back(
        fmt::format("{} questions, not the benchmark's 96: not comparable.", items.size()));
  }
  size_t num_moved = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string& by_place = kTypes[i % kTypes.size()];
    if (num_typed == 0) items[i].type = by_place;
    num_moved += items[i].type == by_place ? 0 : 1;
  }
  if (num_moved > 0 && items.size() == kQuestions) {
    questions.notes.push_back(fmt::format(
        "{} questions are not where the official order has their type: types are by question_type, "
        "where the official script goes by position.",
        num_moved));
  }
}

Questions read_questions(const eval::EvalRequest& request) {
  Questions questions;
  const std::string& path = request.file("questions");
  formats::for_each_record(path, [&](const formats::Record& record) {
    questions.items.push_back(read_item(record.value, questions.items.size(), record.where));
  });
  fill_types(questions, path);
  return questions;
}

std::string key_of(const std::string& image, const std::string& question) {
  return image + "\n" + question;
}

// Official answers are the list of questions with model_answer filled in and have no ids: question
// and image tell which is which.
std::vector<eval::Answer> read_answers(const eval::EvalRequest& request,
                                       const std::vector<RatedItem>& items) {
  std::unordered_map<std::string, std::string> ids;
  for (const auto& item : items) ids[key_of(item.asked.image, item.asked.question)] = item.asked.id;
  eval::AnswerFields fields;
  fields.text.insert(fields.text.begin(), "model_answer");
  fields.question = {"question", "prompt", "query"};
  fields.image = {"image_src", "image"};  // image_id is another name of the picture
  fields.derived_id = [&](const json& record, const std::string& where) -> std::string {
    if (request.join == eval::Join::Position || !record.contains("image_src")) return "";
    const auto found =
        ids.find(key_of(image_of(record, where), eval::required_text(record, {"question"}, where)));
    if (found != ids.end()) return found->second;
    throw unfit("an answer to one of the questions",
                "one to '" + eval::required_text(record, {"question"}, where) + "'", where,
                "the files are of different editions.");
  };
  std::vector<eval::Asked> asked;
  for (const auto& item : items) asked.push_back(item.asked);
  return eval::join(asked, eval::read_answer_file(request.file("answers"), fields), request.join,
                    {request.file("questions"), request.file("answers")});
}

eval::Scoring score(const eval::EvalRequest& request) {
  const auto questions = read_questions(request);
  const auto answers = read_answers(request, questions.items);
  std::vector<eval::JudgedAnswer> judged;
  for (size_t i = 0; i < answers.size(); ++i) {
    judged.push_back({questions.items[i].asked.id, answers[i].text, answers[i].place});
  }
  const auto replies = eval::read_replies(request, judged);
  const std::string& variant = request.variant("mmhal");
  auto scoring = score_ratings(
      questions.items, answers, replies.texts, kTypes,
      {.rate_digits = variant == "rlaif-v" ? 3 : 2, .has_informativeness = variant == "rlhf-v"});
  scoring.judge = replies.judge;
  scoring.notes = questions.notes;
  return scoring;
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const auto& item : read_questions(request).items) {
    prompts.push_back(
        {.id = item.asked.id, .image = item.asked.image, .question = item.asked.question});
  }
  return prompts;
}

std::vector<api::JudgeRequest> judge_requests(const eval::EvalRequest& request) {
  const auto items = read_questions(request).items;
  return rating_requests(items, read_answers(request, items), request.file("prompt"));
}

}  // namespace

eval::Benchmark mmhal() {
  return {.name = "mmhal",
          .title = "MMHal-Bench (Sun et al. 2023, arXiv 2309.14525)",
          .reports = "mean score from 0 to 6, hallucination rate, mean score by question type",
          .judge = "a rating from 0 to 6 of each answer",
          .inputs = {{"questions", "the official list of 96"},
                     {"answers", "the same list with model_answer, or JSONL {question_id, text}"},
                     {"replies", "the judge's, or raw chat responses in the questions' order"},
                     {"prompt",
                      "the judge's prompt; {facts}, {question}, {reference}, {answer}, or "
                      "four {}; without: ours",
                      false}},
          .variants = {{"mmhal", {"official", "rlhf-v", "rlaif-v"}, "whose figures"},
                       eval::judges_variant()},
          .score = score,
          .prompts = prompts,
          .judge_requests = judge_requests};
}

}  // namespace plumbline::benchmarks
