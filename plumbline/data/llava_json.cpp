#include "plumbline/data/llava_json.h"

#include <stdexcept>

#include "plumbline/data/record_members.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

text::Turn turn_of(const json& value) {
  const auto from = required_text(value, "from");
  text::Turn turn;
  if (from == "human" || from == "user") {
    turn.is_user = true;
  } else if (from == "gpt" || from == "assistant" || from == "llava") {
    turn.is_user = false;
  } else {
    throw std::invalid_argument("\"from\" to be human or gpt, got '" + from + "'");
  }
  turn.text = required_text(value, "value");
  const auto weight = value.find("weight");
  if (weight != value.end() && !weight->is_number()) {
    throw std::invalid_argument("\"weight\" to be a number, got " + shown(*weight));
  }
  turn.is_trained = weight == value.end() || *weight != 0;
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
  for (const json& turn : required_list(value, "conversations")) turns.push_back(turn_of(turn));
  return turns;
}

std::vector<text::Turn> llava_question(const json& value) {
  auto turns = llava_turns(value);
  if (!turns.empty() && !turns.back().is_user) turns.pop_back();
  return turns;
}

json llava_turns_json(const std::vector<text::Turn>& turns) {
  json list = json::array();
  for (const auto& turn : turns) {
    std::string text = turn.text;
    for (int64_t i = 0; i < turn.images_before; ++i) text = text::with_image(text);
    json one{{"from", turn.is_user ? "human" : "gpt"}, {"value", std::move(text)}};
    if (!turn.is_trained) one["weight"] = 0;
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<std::string> llava_images(const json& value) {
  const auto image = value.find("image");
  if (image == value.end() || image->is_null() || *image == "") return {};
  if (image->is_array()) return text_list(*image, "image");
  return {required_text(value, "image")};
}

Conversation llava_conversation(const json& value) {
  return {.id = record_id(value), .images = llava_images(value), .turns = llava_turns(value)};
}

}  // namespace plumbline::data
