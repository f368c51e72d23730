// Typed access to the JSON records of the world's own files; every complaint names file, line and
// field.
#pragma once

#include <string>
#include <vector>

#include "plumbline/formats/json_lines.h"

namespace plumbline::world {

[[noreturn]] void fail_record(const std::string& where, const std::string& expected,
                              const std::string& got);

const nlohmann::json& field(const nlohmann::json& object, const char* name,
                            const std::string& where);
std::string text_field(const nlohmann::json& object, const char* name, const std::string& where);
// An integer in [low, high].
int int_field(const nlohmann::json& object, const char* name, int low, int high,
              const std::string& where);
// Index into `names` of a text field; the empty text gives -1 when `may_be_empty`.
int name_field(const nlohmann::json& object, const char* name,
               const std::vector<std::string>& names, bool may_be_empty, const std::string& where);

}  // namespace plumbline::world
