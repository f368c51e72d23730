// Parsing JSON that others wrote, and writing what others said.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace plumbline {

// As nlohmann::json::parse. Throws its exceptions for what is no JSON, and DataError naming `where`
// beyond 64 nested levels, whose recursion could end the process.
nlohmann::json parse_json(std::string_view text, const std::string& where);

// The same without the members of this name, wherever they stand: what nobody reads of a large file
// takes no memory.
nlohmann::json parse_json_without(std::string_view key, std::string_view text,
                                  const std::string& where);

// As parse_json, with a discarded value for what is no JSON.
nlohmann::json try_parse_json(std::string_view text, const std::string& where);

// On one line unless indented. Bytes that are not UTF-8, which names of files and others' texts may
// hold, are replaced: dump() alone throws.
template <class Json>
std::string json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace plumbline
