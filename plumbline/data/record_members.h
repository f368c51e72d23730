// Members of the records that users write. Errors are std::invalid_argument, whose text goes on
// from "expected".
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumbline::data {

// The value as an error shows it, cut short.
std::string shown(const nlohmann::json& value);

// The member of an object; it must be there.
const nlohmann::json& required(const nlohmann::json& record, const char* name);

// A member that is text; a list of it.
std::string required_text(const nlohmann::json& record, const char* name);
const nlohmann::json& required_list(const nlohmann::json& record, const char* name);

// A value that must be a list of texts; `name` is for the error.
std::vector<std::string> text_list(const nlohmann::json& value, const char* name);

}  // namespace plumbline::data
