// Answers to a benchmark, as this and other systems write them.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace plumbline::eval {

// An id as text: 7, 7.0 and "7" are one. Throws DataError for what is neither number nor text.
std::string id_text(const nlohmann::json& value, const std::string& where);

// The members that hold each part; the first that a record has counts.
struct AnswerFields {
  std::vector<std::string> id = {"question_id", "id"};
  std::vector<std::string> text = {"text", "answer", "response", "prediction", "output"};
  std::vector<std::string> question = {"prompt", "question", "query"};
  std::vector<std::string> image = {"image", "image_id"};
  // Makes the id of records that have none of `id`, from what else they say; nothing: no id.
  std::function<std::string(const nlohmann::json& record, const std::string& where)> derived_id =
      {};
};

struct Answer {
  std::string id;  // empty where the file has none
  std::string text;
  bool is_null = false;       // null in the file, as systems write that failed; the text is empty
  std::string question = {};  // as the file repeats it, or empty
  std::string image = {};     // the same
  std::string where = {};     // "file:line", for errors
  size_t place = 0;           // in its file, from 0
};

// Reads a JSON array or JSON lines. Numbers as answers are taken as their text. Throws IoError, or
// DataError for a record without an answer.
std::vector<Answer> read_answer_file(const std::string& path, const AnswerFields& fields = {});

// The text of the first of `names` that the record has: nothing if it has none, or null. Numbers
// and truth values are taken as text. Throws DataError for lists and objects.
std::optional<std::string> text_of(const nlohmann::json& record,
                                   const std::vector<std::string>& names, const std::string& where);

// The same, which must be there. Throws DataError.
std::string required_text(const nlohmann::json& record, const std::vector<std::string>& names,
                          const std::string& where);

}  // namespace plumbline::eval
