#include "plumbline/benchmarks/hallusion_records.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr eval::Unfit unfit{"reading HallusionBench"};

std::string required(const json& record, const char* name, const std::string& where) {
  const auto found = record.find(name);
  if (found == record.end()) throw unfit(fmt::format("'{}'", name), "none", where);
  return eval::id_text(*found, where);  // numbers and texts alike
}

// One of "0" to `largest`.
int code(const std::string& text, int largest, const std::string& name, const std::string& where) {
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '0' + largest) return text[0] - '0';
  throw unfit(fmt::format("'{}' of 0 to {}", name, largest), "'" + text + "'", where);
}

std::string set_of(const json& record, const std::string& where) {
  return required(record, "category", where) + "_" + required(record, "subcategory", where) + "_" +
         required(record, "set_id", where);
}

std::string id_of(const json& record, const std::string& where) {
  return set_of(record, where) + "_" + required(record, "figure_id", where) + "_" +
         required(record, "question_id", where);
}

// "" where the record does not say.
std::string answer_id(const json& record, const std::string& where) {
  if (record.contains("id")) return eval::id_text(record.at("id"), where);
  if (record.contains("set_id")) return id_of(record, where);
  return record.contains("question_id") ? eval::id_text(record.at("question_id"), where) : "";
}

// Below the folder of images; empty for questions without a picture.
std::string image_of(const json& record, int visual_input, const std::string& where) {
  if (visual_input == 0) return "";
  const auto name = eval::text_of(record, {"filename"}, where);
  if (name && !name->empty()) return name->starts_with("./") ? name->substr(2) : *name;
  return required(record, "category", where) + "/" + required(record, "subcategory", where) + "/" +
         required(record, "set_id", where) + "_" + required(record, "figure_id", where) + ".png";
}

HallusionQuestion read_question(const json& record, const std::string& where) {
  if (!record.is_object()) throw unfit("an object", record.type_name(), where);
  HallusionQuestion question{
      .asked = {.id = id_of(record, where),
                .question = eval::required_text(record, {"question"}, where),
                .where = where},
      .category = required(record, "category", where),
      .set = set_of(record, where),
      .figure = required(record, "figure_id", where),
      .number = required(record, "question_id", where),
      .visual_input = code(required(record, "visual_input", where), 2, "visual_input", where),
      .is_yes = code(required(record, "gt_answer", where), 1, "gt_answer", where) == 1,
      .details = eval::text_of(record, {"gt_answer_details"}, where).value_or("")};
  if (question.category != "VD" && question.category != "VS") {
    throw unfit("the category VD or VS", "'" + question.category + "'", where);
  }
  question.asked.image = image_of(record, question.visual_input, where);
  return question;
}

}  // namespace

std::vector<HallusionQuestion> read_hallusion_questions(const std::string& path) {
  std::vector<HallusionQuestion> questions;
  formats::for_each_record(path, [&](const formats::Record& record) {
    questions.push_back(read_question(record.value, record.where));
  });
  if (questions.empty()) throw unfit("questions", "an empty file", path);
  return questions;
}

std::vector<eval::Answer> read_hallusion_answers(const eval::EvalRequest& request,
                                                 const std::vector<HallusionQuestion>& questions,
                                                 const std::vector<HallusionQuestion>& others) {
  eval::AnswerFields fields;
  fields.id = {};  // an official question_id counts within its set
  fields.text.insert(fields.text.begin(), "model_prediction");
  fields.image = {"image"};
  fields.derived_id = answer_id;
  auto answers = eval::read_answer_file(request.file("answers"), fields);
  if (request.join == eval::Join::Id) {
    std::unordered_set<std::string> passed_over;
    for (const auto& question : others) passed_over.insert(question.asked.id);
    std::erase_if(answers,
                  [&](const eval::Answer& answer) { return passed_over.contains(answer.id); });
  }
  std::vector<eval::Asked> asked;
  for (const auto& question : questions) asked.push_back(question.asked);
  return eval::join(asked, std::move(answers), request.join,
                    {request.file("questions"), request.file("answers")});
}

std::vector<int> read_codes(const eval::EvalRequest& request,
                            const std::vector<HallusionQuestion>& questions,
                            const std::string& name) {
  const std::string& path = request.file("answers");
  std::unordered_map<std::string, int> by_id;
  std::vector<int> codes;
  formats::for_each_record(path, [&](const formats::Record& record) {
    if (!record.value.contains(name)) {
      throw unfit(fmt::format("a judge's code as '{}'", name), "none", record.where,
                  "give a judge's --replies, or name the member: --variant codes=NAME.");
    }
    const auto value = eval::text_of(record.value, {name}, record.where).value_or("null");
    codes.push_back(code(value, 2, name, record.where));
    by_id[answer_id(record.value, record.where)] = codes.back();
  });
  if (request.join == eval::Join::Position) return codes;
  codes.clear();
  for (const auto& question : questions) codes.push_back(by_id.at(question.asked.id));
  return codes;
}

}  // namespace plumbline::benchmarks
