#include "plumbline/data/score_records.h"

#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/data/chat_record.h"
#include "plumbline/data/llava_json.h"
#include "plumbline/data/record_checks.h"
#include "plumbline/data/record_members.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& expected) { throw std::invalid_argument(expected); }

text::TokenIds read_ids(const json& list) {
  if (!list.is_array()) wrong("input_ids to be a list");
  text::TokenIds ids;
  for (const json& id : list) {
    if (!id.is_number_integer() || id > INT64_MAX) wrong("input_ids to be integers");
    ids.push_back(id.get<int64_t>());
  }
  if (ids.size() < 2) wrong("at least two input_ids");
  return ids;
}

void check_turns(const std::vector<text::Turn>& turns) {
  if (turns.empty() || turns.back().is_user) wrong("an assistant's message at the end");
  for (size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].is_user != (i % 2 == 0)) wrong("user and assistant in turn");
  }
}

std::vector<std::string> texts(const json& value, const char* name) {
  const auto found = value.find(name);
  if (found == value.end()) return {};
  return text_list(*found, name);
}

// A question with several answers.
void read_candidates(const json& value, ScoreRecord& out) {
  out.answers = texts(value, "answers");
  if (out.answers.empty()) wrong("at least one of answers");
  if (value.contains("conversations")) {
    out.turns = llava_question(value);
    out.images = llava_images(value);
  } else {
    json question = value;
    if (value.contains("prompt") && value["prompt"].is_string()) {
      question = {{"messages", {{{"role", "user"}, {"content", value["prompt"]}}}}};
    } else if (value.contains("prompt")) {
      question = {{"messages", value["prompt"]}};
    }
    if (value.contains("images")) question["images"] = value["images"];
    ChatRecord chat = read_chat_record(question, "answer", Placeholders::AreData);
    out.turns = std::move(chat.turns);
    out.images = std::move(chat.images);
  }
  if (out.turns.empty() || !out.turns.back().is_user) wrong("a user's message at the end");
}

// A line of `plumbline eval`'s answers.jsonl as a prompt with its answer.
json as_prompt(const json& value) {
  json prompt = value;
  prompt["prompt"] = value.at("question");
  prompt["images"] = json::array({value.at("image")});
  prompt.erase("image");
  return prompt;
}

// Throws std::invalid_argument with what was expected.
ScoreRecord read_record(const formats::Record& record, size_t number) {
  const json& value = record.value;
  if (!value.is_object()) wrong("an object");
  ScoreRecord out;
  out.id = value.value("id", json(number));
  out.where = record.where;
  out.facts = texts(value, "facts");
  out.fact_kind = fact_kind_of(caption_type_of(value));
  if (value.contains("answers")) {
    read_candidates(value, out);
    return out;
  }
  const bool is_answer_to_question =
      value.contains("question") && value.contains("image") && !value.contains("prompt");
  if (is_answer_to_question) return read_record({as_prompt(value), record.where}, number);
  const int forms =
      value.contains("messages") + value.contains("prompt") + value.contains("input_ids");
  if (forms != 1) wrong("one of messages, prompt and input_ids");
  if (value.contains("image")) wrong("images, a list of paths, instead of image");
  if (value.contains("input_ids")) {
    out.ids = read_ids(value.at("input_ids"));
    out.images = read_images(value);
    return out;
  }
  ChatRecord chat = read_chat_record(value, "answer", Placeholders::AreData);
  check_turns(chat.turns);
  out.turns = std::move(chat.turns);
  out.images = std::move(chat.images);
  return out;
}

}  // namespace

std::vector<text::Turn> ScoreRecord::question() const {
  return {turns.begin(), answers.empty() ? turns.end() - 1 : turns.end()};
}

std::vector<std::string> ScoreRecord::all_answers() const {
  return answers.empty() ? std::vector<std::string>{turns.back().text} : answers;
}

std::vector<ScoreRecord> read_score_records(const std::string& path) {
  std::vector<ScoreRecord> records;
  size_t number = 0;
  Problems problems(path, "reading answers to score");
  for (const formats::Record& record : formats::read_records(path)) {
    try {
      records.push_back(read_record(record, ++number));
    } catch (const std::invalid_argument& e) {
      problems.add(record.where, std::string("expected ") + e.what());
    } catch (const DataError& e) {
      problems.add(record.where, e.what());
    } catch (const json::exception& e) {
      problems.add(record.where, untagged(e));
    }
  }
  if (number == 0) problems.add(path, "expected answers, got an empty file");
  problems.finish();
  return records;
}

}  // namespace plumbline::data
