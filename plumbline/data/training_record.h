// One record of any form that training reads.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plumbline/data/records.h"

namespace plumbline::data {

struct TrainingRecord {
  Conversation conversation;  // the id is empty where there is none, images are as written
  std::string form;           // "llava", "messages", "prompt", "caption" or "text"
};

// The form is told by the record's keys: LLaVA's "conversations", "messages", "prompt" with
// "completion", "file_name" with "text" (a picture and its caption), or "text" alone. Pictures are
// named by "images" or "image". What it gives is not checked beyond its form. Throws
// std::invalid_argument with what was expected, DataError, or json::exception.
TrainingRecord read_training_record(const nlohmann::json& value);

}  // namespace plumbline::data
