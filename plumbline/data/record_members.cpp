#include "plumbline/data/record_members.h"

#include <fmt/format.h>

#include <stdexcept>

namespace plumbline::data {

using nlohmann::json;

namespace {

[[noreturn]] void unlike(const char* name, const char* kind, const json& got) {
  throw std::invalid_argument(fmt::format("\"{}\" to be {}, got {}", name, kind, shown(got)));
}

}  // namespace

std::string shown(const json& value) {
  constexpr size_t kLongest = 80;
  std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

const json& required(const json& record, const char* name) {
  if (!record.is_object()) {
    throw std::invalid_argument(fmt::format("an object with \"{}\", got {}", name, shown(record)));
  }
  const auto found = record.find(name);
  if (found == record.end()) throw std::invalid_argument(fmt::format("\"{}\", got none", name));
  return *found;
}

std::string required_text(const json& record, const char* name) {
  const json& value = required(record, name);
  if (!value.is_string()) unlike(name, "text", value);
  return value.get<std::string>();
}

const json& required_list(const json& record, const char* name) {
  const json& value = required(record, name);
  if (!value.is_array()) unlike(name, "a list", value);
  return value;
}

std::vector<std::string> text_list(const json& value, const char* name) {
  if (!value.is_array()) unlike(name, "a list of texts", value);
  std::vector<std::string> texts;
  for (const json& one : value) {
    if (!one.is_string()) unlike(name, "a list of texts", value);
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

}  // namespace plumbline::data
