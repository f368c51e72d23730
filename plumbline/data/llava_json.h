// The parts of LLaVA's JSON that all its records share.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/data/records.h"

namespace plumbline::data {

// "id" as text, numbers too; empty when there is none.
std::string record_id(const nlohmann::json& value);

// "conversations" in order. Throws DataError for an unknown "from", json::exception for other
// forms.
std::vector<text::Turn> llava_turns(const nlohmann::json& value);

// The turns up to the question: a last answer is the slot that sampled answers fill.
std::vector<text::Turn> llava_question(const nlohmann::json& value);

// The other way round; images that are counted become placeholders.
nlohmann::json llava_turns_json(const std::vector<text::Turn>& turns);

// The pictures of "image": one or a list; none when it is missing, null or an empty text.
std::vector<std::string> llava_images(const nlohmann::json& value);

// The record as it stands; "image" is a path or a list of paths. Throws as llava_turns.
Conversation llava_conversation(const nlohmann::json& value);

}  // namespace plumbline::data
