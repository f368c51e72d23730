#include "plumbline/benchmarks/coco_captions.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/benchmarks/coco_annotations.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

const eval::AnswerFields kFields = {
    .id = {"image_id", "image", "question_id", "id"},
    .text = {"caption", "text", "answer", "response", "prediction", "output"}};

// CHAIR's own form, which holds captions in one object; nothing if the file has another form.
std::vector<eval::Answer> of_chair(const std::string& path) {
  const std::string text = read_file(path);
  if (text.find("\"imgToEval\"") == std::string::npos) return {};
  const json file = try_parse_json(text, path);
  if (!file.is_object() || !file.contains("imgToEval") || !file["imgToEval"].is_object()) return {};
  std::vector<eval::Answer> answers;
  for (const auto& [key, entry] : file["imgToEval"].items()) {
    const std::string where = fmt::format("{}, image {}", path, key);
    const auto caption = eval::text_of(entry, kFields.text, where);
    answers.push_back({.id = eval::text_of(entry, {"image_id"}, where).value_or(key),
                       .text = caption.value_or(""),
                       .is_null = !caption,
                       .where = where});
  }
  return answers;
}

void refuse_doubled(const std::vector<eval::Answer>& answers) {
  std::unordered_map<std::string, std::string> places;
  for (const auto& answer : answers) {
    const auto [first, is_new] = places.emplace(answer.id, answer.where);
    if (is_new) continue;
    throw DataError(Complaint{.component = "eval",
                              .doing = "reading captions",
                              .expected = "one caption of an image",
                              .got = "two of " + answer.id + ", the other at " + first->second,
                              .where = answer.where});
  }
}

}  // namespace

std::vector<CocoCaption> read_coco_captions(const eval::EvalRequest& request,
                                            const std::vector<eval::Asked>& asked) {
  const auto& path = request.file("answers");
  auto answers = of_chair(path);
  if (answers.empty()) answers = eval::read_answer_file(path, kFields);
  for (auto& answer : answers) {
    if (request.join == eval::Join::Position && !asked.empty()) continue;  // the questions say
    answer.id = std::to_string(coco_image_id(answer.id, answer.where));
    answer.image.clear();  // compared by its id
  }
  if (asked.empty()) {
    refuse_doubled(answers);
  } else {
    answers =
        eval::join(asked, std::move(answers), request.join, {request.file("questions"), path});
  }
  std::vector<CocoCaption> captions;
  for (size_t i = 0; i < answers.size(); ++i) {
    auto& answer = answers[i];
    const std::string& id = asked.empty() ? answer.id : asked[i].id;
    captions.push_back({.image_id = coco_image_id(id, answer.where),
                        .text = std::move(answer.text),
                        .is_null = answer.is_null,
                        .where = std::move(answer.where),
                        .place = answer.place});
  }
  return captions;
}

}  // namespace plumbline::benchmarks
