#include "plumbline/benchmarks/aokvqa_answers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/eval/answer_file.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

// What the record has under `name`: nothing where it has no such member.
std::optional<std::string> part(const json& record, const std::string& name,
                                const std::string& where) {
  if (!record.contains(name)) return std::nullopt;
  return eval::text_of(record, {name}, where).value_or("");
}

AokvqaAnswer read_answer(const std::string& id, const json& value, bool is_choice,
                         const std::string& where) {
  const json record = value.is_object() ? value : json{{"text", value}};
  AokvqaAnswer answer{.id = id,
                      .where = where,
                      .multiple_choice = part(record, "multiple_choice", where),
                      .direct_answer = part(record, "direct_answer", where)};
  if (answer.multiple_choice || answer.direct_answer) return answer;
  for (const auto& name : eval::AnswerFields{}.text) {
    if (!record.contains(name)) continue;
    (is_choice ? answer.multiple_choice : answer.direct_answer) = part(record, name, where);
    return answer;
  }
  throw DataError(Complaint{.component = "eval",
                            .doing = "reading an answer to A-OKVQA",
                            .expected = "'multiple_choice', 'direct_answer' or 'text'",
                            .got = "none",
                            .where = where});
}

// The file as one object of predictions by id; discarded for anything else.
json read_official(const std::string& path) {
  const std::string bytes = read_file(path);
  std::string_view text = bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  json file = try_parse_json(text, path);
  const bool is_record = !file.is_object() || file.contains("question_id") || file.contains("id");
  return is_record ? json(json::value_t::discarded) : file;
}

}  // namespace

std::vector<AokvqaAnswer> read_aokvqa_answers(const std::string& path, bool is_choice) {
  std::vector<AokvqaAnswer> answers;
  const json official = read_official(path);
  const auto refuse_empty = [&] {
    if (!answers.empty()) return;
    throw DataError(Complaint{.component = "eval",
                              .doing = "reading A-OKVQA's answers",
                              .expected = "answers",
                              .got = "an empty file",
                              .where = path});
  };
  if (!official.is_discarded()) {
    for (const auto& [id, value] : official.items()) {
      answers.push_back(read_answer(id, value, is_choice, path + ", '" + id + "'"));
    }
    refuse_empty();
    return answers;
  }
  formats::for_each_record(path, [&](formats::Record&& record) {
    const std::string id = eval::required_text(record.value, eval::AnswerFields{}.id, record.where);
    answers.push_back(read_answer(id, record.value, is_choice, record.where));
  });
  refuse_empty();
  return answers;
}

std::optional<std::string> aokvqa_choice(const std::string& answer,
                                         const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), answer) != choices.end()) return answer;
  std::string letter = answer;
  if (letter.size() == 3 && letter.front() == '(' && letter.back() == ')') letter = letter[1];
  if (letter.size() == 2 && letter.back() == '.') letter.pop_back();
  if (letter.size() != 1 || letter[0] < 'A') return std::nullopt;
  const auto place = static_cast<size_t>(letter[0] - 'A');
  return place < choices.size() ? std::optional(choices[place]) : std::nullopt;
}

}  // namespace plumbline::benchmarks
