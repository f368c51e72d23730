#include "plumbline/benchmarks/amber_questions.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr eval::Unfit unfit{"reading AMBER's files"};

std::vector<std::string> words_of(const json& record, const char* name, const std::string& where) {
  const auto found = record.find(name);
  if (found == record.end() || !found->is_array()) {
    throw unfit(fmt::format("a list of words as '{}'", name), "none", where);
  }
  std::vector<std::string> words;
  for (const auto& word : *found) {
    if (!word.is_string()) throw unfit("a word", word.dump(), where);
    words.push_back(word.get<std::string>());
  }
  return words;
}

// Fills in all but what was asked.
AmberQuestion read_annotation(const json& record, const std::string& where) {
  AmberQuestion question;
  question.type = amber_type(eval::required_text(record, {"type"}, where), where);
  if (question.type == AmberType::Generative) {
    question.truth = {.there = words_of(record, "truth", where),
                      .not_there = words_of(record, "hallu", where)};
    return question;
  }
  const std::string truth = eval::required_text(record, {"truth"}, where);
  if (truth != "yes" && truth != "no") throw unfit("yes or no", "'" + truth + "'", where);
  question.is_truth_yes = truth == "yes";
  return question;
}

}  // namespace

std::vector<AmberQuestion> read_amber_queries(const eval::EvalRequest& request) {
  std::vector<AmberQuestion> questions;
  formats::for_each_record(request.file("questions"), [&](const formats::Record& record) {
    questions.push_back(
        {.asked = {.id = eval::required_text(record.value, {"id"}, record.where),
                   .question = eval::required_text(record.value, {"query"}, record.where),
                   .image = eval::required_text(record.value, {"image"}, record.where),
                   .where = record.where}});
  });
  if (questions.empty()) throw unfit("queries", "none", request.file("questions"));
  return questions;
}

std::vector<AmberQuestion> read_amber_questions(const eval::EvalRequest& request) {
  auto questions = read_amber_queries(request);
  std::unordered_map<std::string, AmberQuestion> annotations;
  int64_t number = 0;
  formats::for_each_record(request.file("annotations"), [&](const formats::Record& record) {
    const std::string expected = std::to_string(++number);
    const auto id = eval::text_of(record.value, {"id"}, record.where).value_or(expected);
    if (id != expected) {
      throw unfit("id " + expected + ", as annotations stand in the order of their ids", id,
                  record.where, "a record may be missing, doubled or moved.");
    }
    annotations.emplace(id, read_annotation(record.value, record.where));
  });
  for (auto& question : questions) {
    const auto found = annotations.find(question.asked.id);
    if (found == annotations.end()) {
      throw unfit("the annotation of id " + question.asked.id, "none", request.file("annotations"));
    }
    auto asked = std::move(question.asked);
    question = found->second;
    question.asked = std::move(asked);
  }
  return questions;
}

}  // namespace plumbline::benchmarks
