// The records Plumbline trains on, in the field's public JSON forms.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/text/conversation.h"

namespace plumbline::data {

// LLaVA: {"id", "image", "conversations": [{"from": "human" | "gpt", "value"}, ...]}; "image" may
// be a list. Raw text, without turns and images: {"id", "text"}.
struct Conversation {
  std::string id;
  // Paths relative to the image folder, in the order of their placeholders; empty for text-only.
  std::vector<std::string> images;
  std::vector<text::Turn> turns;
  std::string text = {};  // of a record without turns, all of it trained
};

// What kind of question a PPO prompt asks, for the correctness reward (LLaVA-RLHF's caption_type).
enum class CaptionType { General = 1, A = 2, B = 3, C = 4, D = 5, No = 6, Yes = 7 };
// "caption_type" of a record, General where there is none. Throws DataError.
CaptionType caption_type_of(const nlohmann::json& record);

// LLaVA-RLHF's PPO prompt.
struct Prompt {
  std::string id;
  std::string image;
  std::vector<text::Turn> turns;  // ends with a user turn
  CaptionType caption_type = CaptionType::General;
  double length_bonus_multiplier = 1.0;
};

// The image names of records in order: one each of records that have one member `image`, which may
// be empty, all of those that have `images`.
template <class Record>
std::vector<std::string> images_of(const std::vector<Record>& records) {
  std::vector<std::string> images;
  images.reserve(records.size());
  for (const Record& record : records) {
    if constexpr (requires { record.images; }) {
      images.insert(images.end(), record.images.begin(), record.images.end());
    } else {
      images.push_back(record.image);
    }
  }
  return images;
}

// Readers check every record (roles alternate, one placeholder per image, no empty answer,
// unique ids, image files exist below `image_folder` when it is not empty) and throw one DataError
// that lists the first ten problems with file and record. Files: JSON array or JSONL by content.
std::vector<Conversation> read_conversations(const std::string& path,
                                             const std::string& image_folder);
std::vector<Prompt> read_prompts(const std::string& path, const std::string& image_folder);

void write_conversations(const std::string& path, const std::vector<Conversation>& records);
void write_prompts(const std::string& path, const std::vector<Prompt>& records);

// Several sampled answers to one prompt, as `plumbline sample` writes them (JSONL).
struct SampledAnswers {
  Prompt prompt;
  std::vector<std::string> answers;
};
std::vector<SampledAnswers> read_samples(const std::string& path);
void write_samples(const std::string& path, const std::vector<SampledAnswers>& samples);

}  // namespace plumbline::data
