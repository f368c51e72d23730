#include "plumbline/data/training_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>

#include "plumbline/data/chat_record.h"
#include "plumbline/data/llava_json.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& expected) { throw std::invalid_argument(expected); }

std::string keys_of(const json& value) {
  std::vector<std::string> keys;
  for (const auto& [key, unused] : value.items()) keys.push_back(key);
  return keys.empty() ? "no keys" : fmt::format("the keys {}", fmt::join(keys, ", "));
}

std::string form_of(const json& value) {
  const bool is_llava = value.contains("conversations");
  const bool is_chat = value.contains("messages");
  const bool is_pair = value.contains("prompt") && value.contains("completion");
  if (is_llava + is_chat + is_pair > 1) {
    wrong("one of conversations, messages and prompt with completion, got " + keys_of(value));
  }
  if (is_llava) return "llava";
  if (is_chat) return "messages";
  if (is_pair) return "prompt";
  if (value.contains("file_name")) return "caption";
  if (value.contains("text")) return "text";
  wrong("conversations, messages, prompt with completion, file_name with text, or text, got " +
        keys_of(value));
}

std::string text_of(const json& value, const char* key) {
  const json found = value.value(key, json());
  if (!found.is_string()) wrong(fmt::format("\"{}\" to be text", key));
  auto text = found.get<std::string>();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    wrong(fmt::format("text in \"{}\", got none", key));
  }
  return text;
}

Conversation chat_conversation(const json& value) {
  ChatRecord chat = read_chat_record(value, "completion", Placeholders::AreImages);
  return {.id = {}, .images = std::move(chat.images), .turns = std::move(chat.turns)};
}

// A question of the picture alone, which plain prompts leave at that.
Conversation caption_conversation(const json& value) {
  return {.id = {},
          .images = {text_of(value, "file_name")},
          .turns = {{.is_user = true, .text = std::string(text::kImagePlaceholder)},
                    {.is_user = false, .text = text_of(value, "text")}}};
}

Conversation raw_text(const json& value) {
  if (!read_images(value).empty()) {
    wrong("no images beside a raw text");
  }
  return {.id = {}, .images = {}, .turns = {}, .text = text_of(value, "text")};
}

Conversation conversation_of(const std::string& form, const json& value) {
  if (form == "llava") {
    Conversation c = llava_conversation(value);
    if (!value.contains("image")) c.images = read_images(value);
    return c;
  }
  if (form == "caption") return caption_conversation(value);
  return form == "text" ? raw_text(value) : chat_conversation(value);
}

}  // namespace

TrainingRecord read_training_record(const json& value) {
  if (!value.is_object()) wrong("an object");
  TrainingRecord record;
  record.form = form_of(value);
  record.conversation = conversation_of(record.form, value);
  record.conversation.id = record_id(value);
  return record;
}

}  // namespace plumbline::data
