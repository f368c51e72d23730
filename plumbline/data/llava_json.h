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

// The record as it stands; "image" is a path or a list of paths. Throws as llava_turns.
Conversation llava_conversation(const nlohmann::json& value);

}  // namespace plumbline::data
