#include "plumbline/eval/answer_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "plumbline/eval/unfit.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::eval {
namespace {

using nlohmann::json;

constexpr Unfit unfit{"reading a record"};

const json* find(const json& record, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto found = record.find(name);
    if (found != record.end()) return &*found;
  }
  return nullptr;
}

void check_object(const json& record, const std::string& where) {
  if (!record.is_object()) throw unfit("an object", record.type_name(), where);
}

}  // namespace

std::string id_text(const json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number == std::floor(number) && std::abs(number) < 1e15) {
      return fmt::format("{:.0f}", number);
    }
    return value.dump();
  }
  throw unfit("an id: a number or a text", value.type_name(), where);
}

std::optional<std::string> text_of(const json& record, const std::vector<std::string>& names,
                                   const std::string& where) {
  check_object(record, where);
  const json* value = find(record, names);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (value->is_primitive()) return value->dump();
  throw unfit(fmt::format("a text as '{}'", fmt::join(names, "' or '")), value->type_name(), where);
}

std::string required_text(const json& record, const std::vector<std::string>& names,
                          const std::string& where) {
  if (auto text = text_of(record, names, where)) return *std::move(text);
  throw unfit(fmt::format("'{}'", fmt::join(names, "' or '")), "none", where);
}

std::vector<Answer> read_answer_file(const std::string& path, const AnswerFields& fields) {
  std::vector<Answer> answers;
  formats::for_each_record(path, [&](formats::Record&& record) {
    check_object(record.value, record.where);
    const json* id = find(record.value, fields.id);
    const json* text = find(record.value, fields.text);
    if (text == nullptr) {
      throw unfit(fmt::format("an answer as '{}'", fmt::join(fields.text, "', '")), "none",
                  record.where);
    }
    Answer answer{.id = id == nullptr ? "" : id_text(*id, record.where),
                  .text = text_of(record.value, fields.text, record.where).value_or(""),
                  .is_null = text->is_null(),
                  .where = std::move(record.where)};
    if (id == nullptr && fields.derived_id) {
      answer.id = fields.derived_id(record.value, answer.where);
    }
    answer.question = text_of(record.value, fields.question, answer.where).value_or("");
    answer.image = text_of(record.value, fields.image, answer.where).value_or("");
    answer.place = answers.size();
    answers.push_back(std::move(answer));
  });
  if (answers.empty()) throw unfit("answers", "an empty file", path);
  return answers;
}

}  // namespace plumbline::eval
