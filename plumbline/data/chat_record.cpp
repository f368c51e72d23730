#include "plumbline/data/chat_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "plumbline/data/record_checks.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& expected) { throw std::invalid_argument(expected); }

std::string text_of(const json& value, const char* name) {
  if (!value.is_string()) wrong(fmt::format("{} to be text", name));
  return value.get<std::string>();
}

// The member, or null.
const json& member(const json& value, const char* name) {
  static const json null;
  const auto found = value.find(name);
  return found == value.end() ? null : *found;
}

// The picture that an object names; nothing when it names none.
std::optional<std::string> picture_of(const json& object) {
  for (const char* key : {"path", "url", "image"}) {
    const json& found = member(object, key);
    if (!found.is_null()) return text_of(found, key);
  }
  return std::nullopt;
}

std::string read_image(const json& image, const char* key) {
  if (image.is_string()) return image.get<std::string>();
  const auto found = image.is_object() ? picture_of(image) : std::nullopt;
  if (!found) wrong(fmt::format("{} to be paths, data URLs, or objects with path or url", key));
  return *found;
}

struct Part {
  bool is_image = false;
  std::string text;
  std::optional<std::string> picture;  // an image's own
};

struct Message {
  bool is_user = true;
  bool is_trained = true;
  std::vector<Part> parts;
};

Part read_part(const json& value, bool is_user) {
  const std::string type = value.is_object() ? value.value("type", "") : "";
  if (type == "text") return {.text = text_of(member(value, "text"), "text"), .picture = {}};
  if (!is_user || (type != "image" && type != "image_url")) {
    wrong("parts of type text, and of type image in a user's message");
  }
  if (type == "image") return {.is_image = true, .text = {}, .picture = picture_of(value)};
  return {
      .is_image = true, .text = {}, .picture = read_image(member(value, "image_url"), "image_url")};
}

Message read_message(const json& value) {
  if (!value.is_object()) wrong("messages to be objects");
  const std::string role = text_of(member(value, "role"), "role");
  if (role == "system") {
    wrong("the roles user and assistant, not system: the conversation style brings its own text");
  }
  if (role != "user" && role != "assistant") wrong("the roles user and assistant, not " + role);
  Message message{.is_user = role == "user", .parts = {}};
  const json& weight = member(value, "weight");
  if (!weight.is_null() && weight != 0 && weight != 1) wrong("weight to be 0 or 1");
  message.is_trained = weight != 0;
  const json& content = member(value, "content");
  if (content.is_string()) {
    message.parts.push_back({.text = content.get<std::string>(), .picture = {}});
  } else if (content.is_array()) {
    for (const json& part : content) message.parts.push_back(read_part(part, message.is_user));
  } else {
    wrong("content to be text or parts");
  }
  return message;
}

std::vector<Message> read_messages(const json& value, const char* name) {
  if (!value.is_array()) wrong(fmt::format("{} to be a list", name));
  std::vector<Message> messages;
  for (const json& message : value) messages.push_back(read_message(message));
  return messages;
}

std::vector<Message> text_or_messages(const json& value, const char* name, bool is_user) {
  if (value.is_array()) return read_messages(value, name);
  if (!value.is_string()) wrong(fmt::format("{} to be text or messages", name));
  return {{.is_user = is_user, .parts = {{.text = value.get<std::string>(), .picture = {}}}}};
}

// The messages of a record, in order.
std::vector<Message> all_messages(const json& value, const char* answer_key) {
  if (value.contains("messages")) return read_messages(value.at("messages"), "messages");
  auto messages = text_or_messages(member(value, "prompt"), "prompt", true);
  for (Message& message : messages) message.is_trained = false;
  for (Message& message : text_or_messages(member(value, answer_key), answer_key, false)) {
    messages.push_back(std::move(message));
  }
  return messages;
}

// Puts images where they belong.
class Placing {
 public:
  Placing(std::vector<Message> messages, std::vector<std::string> given)
      : messages_(std::move(messages)), given_(std::move(given)) {}

  ChatRecord place(Placeholders placeholders) {
    ChatRecord out;
    const bool has_parts = has_image_parts();
    out.images = has_parts ? images_of_parts() : given_;
    const bool is_spelt = !has_parts && placeholders == Placeholders::AreImages && spells_any();
    const bool is_within = any_image_within_text();
    for (const Message& message : messages_) {
      text::Turn turn = is_within ? with_placeholders(message) : counted(message);
      turn.is_user = message.is_user;
      turn.is_trained = message.is_trained;
      if (is_spelt) turn.images_before = -1;
      out.turns.push_back(std::move(turn));
    }
    if (!has_parts && !is_spelt && !out.turns.empty()) {
      out.turns.front().images_before = std::ssize(given_);
    }
    return out;
  }

 private:
  bool has_image_parts() const {
    return std::any_of(messages_.begin(), messages_.end(), [](const Message& m) {
      return std::any_of(m.parts.begin(), m.parts.end(), [](const Part& p) { return p.is_image; });
    });
  }

  bool any_image_within_text() const {
    return std::any_of(messages_.begin(), messages_.end(), [](const Message& m) {
      const auto is_text = [](const Part& p) { return !p.is_image && !p.text.empty(); };
      const auto text = std::find_if(m.parts.begin(), m.parts.end(), is_text);
      return std::any_of(text, m.parts.end(), [](const Part& p) { return p.is_image; });
    });
  }

  bool spells_any() const {
    return std::any_of(messages_.begin(), messages_.end(), [](const Message& m) {
      return m.is_user && std::any_of(m.parts.begin(), m.parts.end(),
                                      [](const Part& p) { return count_placeholders(p.text) > 0; });
    });
  }

  std::vector<std::string> images_of_parts() const {
    std::vector<std::string> images;
    size_t num_taken = 0;
    for (const Message& message : messages_) {
      for (const Part& part : message.parts) {
        if (!part.is_image) continue;
        if (part.picture) {
          images.push_back(*part.picture);
        } else if (++num_taken <= given_.size()) {
          images.push_back(given_[num_taken - 1]);
        }
      }
    }
    if (num_taken != given_.size()) {
      wrong(fmt::format("as many images as image parts ({}), not {}", num_taken, given_.size()));
    }
    return images;
  }

  static text::Turn counted(const Message& message) {
    text::Turn turn{.text = {}, .images_before = 0};
    for (const Part& part : message.parts) {
      turn.text += part.text;
      turn.images_before += part.is_image;
    }
    return turn;
  }

  // An image before all text has a line of its own, as counted ones have.
  static text::Turn with_placeholders(const Message& message) {
    text::Turn turn{.text = {}};
    bool is_opening = true;
    for (const Part& part : message.parts) {
      if (count_placeholders(part.text) > 0) {
        wrong(fmt::format("no {} spelt in a record with an image within its text",
                          text::kImagePlaceholder));
      }
      is_opening = is_opening && part.text.empty();
      turn.text += part.text;
      if (part.is_image)
        turn.text += is_opening ? text::with_image("") : std::string(text::kImagePlaceholder);
    }
    return turn;
  }

  std::vector<Message> messages_;
  std::vector<std::string> given_;
};

}  // namespace

std::vector<std::string> read_images(const json& value) {
  const char* key = !value.contains("images") && value.contains("image") ? "image" : "images";
  const json& found = member(value, key);
  if (found.is_null() || found == "") return {};
  if (!found.is_array()) return {read_image(found, key)};
  std::vector<std::string> images;
  for (const json& image : found) images.push_back(read_image(image, key));
  return images;
}

ChatRecord read_chat_record(const json& value, const char* answer_key, Placeholders placeholders) {
  return Placing(all_messages(value, answer_key), read_images(value)).place(placeholders);
}

}  // namespace plumbline::data
