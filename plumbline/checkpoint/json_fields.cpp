#include "plumbline/checkpoint/json_fields.h"

#include <fmt/format.h>

#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/json.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::checkpoint {

using nlohmann::json;

JsonFields::JsonFields(json object, std::string where, std::string path)
    : object_(std::move(object)), where_(std::move(where)), path_(std::move(path)) {
  if (!object_.is_object()) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = path_.empty() ? "reading" : "reading " + path_,
                           .expected = "a JSON object",
                           .got = object_.type_name(),
                           .where = where_});
  }
}

JsonFields JsonFields::read(const std::string& file) {
  const std::string bytes = read_file(file);
  try {
    return {parse_json(bytes, file), file};
  } catch (const json::out_of_range& e) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "reading",
                           .expected = "numbers that fit a double",
                           .got = "a larger one",
                           .where = file});
  } catch (const json::parse_error& e) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "reading",
                           .expected = "JSON",
                           .got = fmt::format("an error at byte {}", e.byte),
                           .where = file});
  }
}

bool JsonFields::has(const std::string& name) const {
  const auto found = object_.find(name);
  return found != object_.end() && !found->is_null();
}

bool JsonFields::is_null(const std::string& name) const {
  return object_.contains(name) && at(name).is_null();
}

int64_t JsonFields::integer(const std::string& name, int64_t fallback) const {
  if (!has(name)) return fallback;
  const bool is_whole = at(name).is_number_integer() && at(name) <= INT64_MAX;
  if (!is_whole) fail(name, "a whole number");
  return at(name).get<int64_t>();
}

double JsonFields::number(const std::string& name, double fallback) const {
  if (!has(name)) return fallback;
  if (!at(name).is_number()) fail(name, "a number");
  return at(name).get<double>();
}

bool JsonFields::flag(const std::string& name, bool fallback) const {
  if (!has(name)) return fallback;
  if (!at(name).is_boolean()) fail(name, "true or false");
  return at(name).get<bool>();
}

std::string JsonFields::text(const std::string& name, const std::string& fallback) const {
  if (!has(name)) return fallback;
  if (!at(name).is_string()) fail(name, "a text");
  return at(name).get<std::string>();
}

JsonFields JsonFields::object(const std::string& name) const {
  return {has(name) ? at(name) : json::object(), where_, path_ + name + "."};
}

void JsonFields::require_text(const std::string& name, const std::string& expected) const {
  if (text(name, expected) != expected) fail(name, fmt::format("\"{}\"", expected));
}

void JsonFields::require_flag(const std::string& name, bool expected) const {
  if (flag(name, expected) != expected) fail(name, expected ? "true" : "false");
}

void JsonFields::fail(const std::string& name, const std::string& expected) const {
  const std::string got = has(name) ? at(name).dump(-1, ' ', true, json::error_handler_t::replace)
                                    : std::string("nothing");
  throw CheckpointError({.component = "checkpoint",
                         .doing = fmt::format("reading '{}{}'", path_, name),
                         .expected = expected,
                         .got = got.substr(0, 200),
                         .where = where_});
}

}  // namespace plumbline::checkpoint
