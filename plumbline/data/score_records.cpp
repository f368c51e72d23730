#include "plumbline/data/score_records.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/data/record_checks.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

// Reads one record; throws std::invalid_argument with what is wrong.
class Reader {
 public:
  explicit Reader(const formats::Record& record) : value_(record.value) {
    out_.where = record.where;
  }

  ScoreRecord read(size_t number) {
    if (!value_.is_object()) wrong("an object");
    out_.id = value_.value("id", json(number));
    for (const json& image : list("images")) out_.images.push_back(text(image, "images"));
    const int forms =
        value_.contains("messages") + value_.contains("prompt") + value_.contains("input_ids");
    if (forms != 1) wrong("one of messages, prompt and input_ids");
    if (value_.contains("image")) wrong("images, a list of paths, instead of image");
    if (value_.contains("input_ids")) {
      read_ids();
    } else if (value_.contains("messages")) {
      for (const json& message : list("messages")) read_message(message);
    } else {
      out_.turns = {
          {.is_user = true, .text = text(value_.at("prompt"), "prompt"), .images_before = 0},
          {.is_user = false, .text = text(value_.value("answer", json()), "answer")}};
    }
    if (!out_.ids) finish_turns();
    return std::move(out_);
  }

 private:
  [[noreturn]] static void wrong(const std::string& expected) {
    throw std::invalid_argument(expected);
  }

  json list(const char* name) const {
    const json found = value_.value(name, json::array());
    if (!found.is_array()) wrong(fmt::format("{} to be a list", name));
    return found;
  }

  static std::string text(const json& value, const char* name) {
    if (!value.is_string()) wrong(fmt::format("{} to be text", name));
    return value.get<std::string>();
  }

  void read_ids() {
    out_.ids.emplace();
    for (const json& id : list("input_ids")) {
      if (!id.is_number_integer() || id > INT64_MAX) wrong("input_ids to be integers");
      out_.ids->push_back(id.get<int64_t>());
    }
    if (out_.ids->size() < 2) wrong("at least two input_ids");
  }

  void read_message(const json& message) {
    if (!message.is_object()) wrong("messages to be objects");
    const std::string role = text(message.value("role", json()), "role");
    if (role != "user" && role != "assistant") wrong("the roles user and assistant, not " + role);
    text::Turn turn{.is_user = role == "user", .text = {}, .images_before = 0};
    const json content = message.value("content", json());
    if (content.is_string()) {
      turn.text = content.get<std::string>();
    } else if (content.is_array()) {
      for (const json& part : content) read_part(part, turn);
    } else {
      wrong("content to be text or parts");
    }
    num_placed_ += turn.images_before;
    out_.turns.push_back(std::move(turn));
  }

  void read_part(const json& part, text::Turn& turn) const {
    const std::string type = part.is_object() ? part.value("type", "") : "";
    if (type == "text") {
      turn.text += text(part.value("text", json()), "text");
    } else if (type == "image" && turn.is_user && turn.text.empty()) {
      ++turn.images_before;
    } else {
      wrong("parts of type text, and of type image before a user's text");
    }
  }

  void finish_turns() {
    if (out_.turns.empty() || out_.turns.back().is_user) wrong("an assistant's message at the end");
    for (size_t i = 0; i < out_.turns.size(); ++i) {
      if (out_.turns[i].is_user != (i % 2 == 0)) wrong("user and assistant in turn");
    }
    const auto given = std::ssize(out_.images);
    if (num_placed_ == 0) {
      out_.turns.front().images_before = given;
    } else if (num_placed_ != given) {
      wrong(fmt::format("as many images as image parts ({}), not {}", num_placed_, given));
    }
  }

  const json& value_;
  ScoreRecord out_;
  int64_t num_placed_ = 0;
};

}  // namespace

std::vector<ScoreRecord> read_score_records(const std::string& path) {
  std::vector<ScoreRecord> records;
  size_t number = 0;
  Problems problems(path, "reading answers to score");
  for (const formats::Record& record : formats::read_records(path)) {
    try {
      records.push_back(Reader(record).read(++number));
    } catch (const std::invalid_argument& e) {
      problems.add(record.where, std::string("expected ") + e.what());
    } catch (const json::exception& e) {
      problems.add(record.where, untagged(e));
    }
  }
  problems.finish();
  return records;
}

}  // namespace plumbline::data
