#include "plumbline/data/llava_json.h"

#include "plumbline/base/error.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

text::Turn turn_of(const json& value) {
  const auto from = value.at("from").get<std::string>();
  text::Turn turn;
  if (from == "human" || from == "user") {
    turn.is_user = true;
  } else if (from == "gpt" || from == "assistant" || from == "llava") {
    turn.is_user = false;
  } else {
    throw DataError(Complaint{.component = "data",
                              .doing = "reading a turn",
                              .expected = "\"from\": human or gpt",
                              .got = "'" + from + "'"});
  }
  turn.text = value.at("value").get<std::string>();
  turn.is_trained = value.value("weight", 1) != 0;
  return turn;
}

}  // namespace

std::string record_id(const json& value) {
  const auto it = value.find("id");
  if (it == value.end() || it->is_null()) return "";
  return it->is_string() ? it->get<std::string>() : it->dump();
}

std::vector<text::Turn> llava_turns(const json& value) {
  std::vector<text::Turn> turns;
  for (const json& turn : value.at("conversations")) turns.push_back(turn_of(turn));
  return turns;
}

Conversation llava_conversation(const json& value) {
  Conversation c{.id = record_id(value), .images = {}, .turns = llava_turns(value)};
  const auto image = value.find("image");
  if (image == value.end() || image->is_null() || *image == "") return c;
  if (image->is_array()) {
    c.images = image->get<std::vector<std::string>>();
  } else {
    c.images = {image->get<std::string>()};
  }
  return c;
}

}  // namespace plumbline::data
