#include "plumbline/benchmarks/science_qa_files.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/eval/join.h"
#include "plumbline/eval/unfit.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr size_t kMostChoices = 5;

constexpr eval::Unfit unfit{"reading ScienceQA"};

std::string without_mark(const std::string& text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

json read_object(const std::string& path, const std::string& what) {
  const std::string text = without_mark(read_file(path));
  json value = try_parse_json(text, path);
  if (value.is_discarded()) throw unfit(what, "no JSON, or a file that has been cut", path);
  if (!value.is_object() || value.empty()) throw unfit(what, value.type_name(), path);
  return value;
}

std::vector<std::string> choices_of(const json& record, const std::string& where) {
  const auto choices = record.find("choices");
  if (choices == record.end() || !choices->is_array()) throw unfit("'choices'", "none", where);
  std::vector<std::string> result;
  for (const json& choice : *choices) {
    result.push_back(choice.is_string() ? choice.get<std::string>() : choice.dump());
  }
  if (result.empty() || result.size() > kMostChoices) {
    throw unfit(fmt::format("1 to {} choices", kMostChoices), std::to_string(result.size()), where);
  }
  return result;
}

size_t answer_of(const json& record, size_t num_choices, const std::string& where) {
  const auto answer = record.find("answer");
  if (answer == record.end()) throw unfit("'answer'", "none", where);
  if (answer->is_number_integer()) {
    const auto index = answer->get<int64_t>();
    if (index >= 0 && index < static_cast<int64_t>(num_choices)) return static_cast<size_t>(index);
  }
  throw unfit(fmt::format("an answer from 0 to {}", num_choices - 1), answer->dump(), where);
}

ScienceProblem problem_of(const std::string& id, const json& record, const std::string& where) {
  if (!record.is_object()) throw unfit("an object", record.type_name(), where);
  ScienceProblem problem{.id = id,
                         .question = eval::required_text(record, {"question"}, where),
                         .choices = choices_of(record, where),
                         .image = eval::text_of(record, {"image"}, where).value_or(""),
                         .hint = eval::text_of(record, {"hint"}, where).value_or(""),
                         .has_hint_field = record.contains("hint"),
                         .subject = eval::text_of(record, {"subject"}, where).value_or(""),
                         .grade = eval::text_of(record, {"grade"}, where).value_or(""),
                         .where = where};
  problem.answer = answer_of(record, problem.choices.size(), where);
  return problem;
}

// Ids of the split in their order.
std::vector<std::string> listed_ids(const std::string& path, const std::string& split) {
  const json splits = read_object(path, "splits: {\"test\": [ids], ...}");
  const auto found = splits.find(split);
  if (found == splits.end() || !found->is_array()) {
    std::vector<std::string> names;
    for (const auto& [name, _] : splits.items()) names.push_back(name);
    throw unfit("a split '" + split + "'", eval::first_of(names), path);
  }
  std::vector<std::string> ids, twice;
  std::set<std::string> seen;
  for (const json& id : *found) {
    ids.push_back(eval::id_text(id, path));
    if (!seen.insert(ids.back()).second) twice.push_back(ids.back());
  }
  if (!twice.empty()) throw unfit("each id once", "twice: " + eval::first_of(twice), path);
  return ids;
}

std::vector<std::string> ids_by_field(const json& problems, const std::string& split) {
  std::vector<std::string> ids;
  for (const auto& [id, problem] : problems.items()) {
    const bool is_of_split =
        problem.is_object() && problem.contains("split") && problem.at("split") == split;
    if (is_of_split) ids.push_back(id);
  }
  return ids;
}

}  // namespace

std::vector<ScienceProblem> read_science_problems(const eval::EvalRequest& request) {
  const std::string& path = request.file("questions");
  const std::string& splits = request.file("splits");
  const std::string& split = request.variant("split");
  const json problems = read_object(path, "problems: {\"12\": {\"question\", ...}, ...}");
  const auto ids = splits.empty() ? ids_by_field(problems, split) : listed_ids(splits, split);
  if (ids.empty()) {
    throw unfit("problems of the split '" + split + "'", "none", splits.empty() ? path : splits,
                "give ScienceQA's pid_splits.json: --file splits=FILE.");
  }
  std::vector<std::string> missing;
  for (const auto& id : ids) {
    if (!problems.contains(id)) missing.push_back(id);
  }
  if (!missing.empty()) {
    throw unfit("all problems of the split", "no problem " + eval::first_of(missing), path);
  }
  std::vector<ScienceProblem> result;
  for (const auto& id : ids) {
    result.push_back(problem_of(id, problems.at(id), path + ", problem " + id));
  }
  return result;
}

std::vector<eval::Answer> read_science_answers(const std::string& path) {
  const json whole = try_parse_json(without_mark(read_file(path)), path);
  if (!whole.is_object() || !whole.contains("outputs")) return eval::read_answer_file(path);
  const json& outputs = whole.at("outputs");
  if (!outputs.is_object()) throw unfit("'outputs' by id", outputs.type_name(), path);
  std::vector<eval::Answer> answers;
  for (const auto& [id, text] : outputs.items()) {
    const std::string where = path + ", output " + id;
    if (!text.is_string() && !text.is_null()) throw unfit("a text", text.type_name(), where);
    answers.push_back({.id = id,
                       .text = text.is_string() ? text.get<std::string>() : "",
                       .is_null = text.is_null(),
                       .where = where});
  }
  return answers;
}

}  // namespace plumbline::benchmarks
