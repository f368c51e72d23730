#include "plumbline/world/json_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::world {

using nlohmann::json;

void fail_record(const std::string& where, const std::string& expected, const std::string& got) {
  throw DataError(Complaint{.component = "world",
                            .doing = "reading a record",
                            .expected = expected,
                            .got = got,
                            .where = where});
}

const json& field(const json& object, const char* name, const std::string& where) {
  if (!object.is_object()) fail_record(where, "a JSON object", object.type_name());
  const auto found = object.find(name);
  if (found == object.end()) fail_record(where, fmt::format("the field \"{}\"", name), "none");
  return *found;
}

std::string text_field(const json& object, const char* name, const std::string& where) {
  const json& value = field(object, name, where);
  if (!value.is_string()) fail_record(where, fmt::format("\"{}\" to be text", name), value.dump());
  return value.get<std::string>();
}

int int_field(const json& object, const char* name, int low, int high, const std::string& where) {
  const json& value = field(object, name, where);
  if (!value.is_number_integer() || value < low || value > high) {
    fail_record(where, fmt::format("\"{}\" from {} to {}", name, low, high), value.dump());
  }
  return value.get<int>();
}

int name_field(const json& object, const char* name, const std::vector<std::string>& names,
               bool may_be_empty, const std::string& where) {
  const std::string text = text_field(object, name, where);
  if (text.empty() && may_be_empty) return -1;
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    fail_record(where, fmt::format("\"{}\" to be one of {}", name, fmt::join(names, ", ")),
                "'" + text + "'");
  }
  return static_cast<int>(found - names.begin());
}

}  // namespace plumbline::world
