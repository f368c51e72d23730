// Records of chat messages, as training and scoring read them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/text/conversation.h"

namespace plumbline::data {

struct ChatRecord {
  std::vector<text::Turn> turns;    // in the order of the messages, whoever speaks
  std::vector<std::string> images;  // paths and data URLs as written, in the order of their places
};

// What the spelling <image> is in a text when no part of any message is an image.
enum class Placeholders {
  AreData,
  // A place of an image, if a user's text spells it.
  AreImages
};

// "messages": [{"role": "user" | "assistant", "content": text | parts, "weight": 0 | 1}], or
// "prompt" and the member `answer_key`, each a text or messages; of the latter two only the answer
// is trained. Parts are {"type": "text", "text"}, {"type": "image"}, the same with its picture as
// "image", "path" or "url", and {"type": "image_url", "image_url": {"url"}}. "images" is one
// picture or a list: paths, data URLs, or objects with "path", "url" or "image".
//
// Parts without a picture of their own take the pictures of "images" in order; when there is no
// part of an image and no placeholder, "images" stand before the first turn. Images before the text
// of a user's message are counted (Turn::images_before); when one stands within a text, all are
// placeholders in the texts.
//
// Throws std::invalid_argument with what was expected, or json::exception.
ChatRecord read_chat_record(const nlohmann::json& value, const char* answer_key,
                            Placeholders placeholders);

// The pictures of "images", or of "image" when there is no such member; none when it is null or an
// empty text. Throws alike.
std::vector<std::string> read_images(const nlohmann::json& value);

}  // namespace plumbline::data
