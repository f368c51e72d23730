#include "plumbline/base/json.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

using nlohmann::json;

json parse(std::string_view text, const std::string& where, bool allow_exceptions,
           const std::string* left_out = nullptr) {
  const auto is_kept = [&](int depth, json::parse_event_t event, json& value) {
    constexpr int kDeepest = 64;
    if (depth <= kDeepest) {
      return left_out == nullptr || event != json::parse_event_t::key || value != *left_out;
    }
    throw DataError({.component = "json",
                     .doing = "reading",
                     .expected = fmt::format("at most {} nested levels", kDeepest),
                     .got = "more",
                     .where = where});
  };
  return json::parse(text, is_kept, allow_exceptions);
}

}  // namespace

json parse_json(std::string_view text, const std::string& where) {
  return parse(text, where, true);
}

json parse_json_without(std::string_view key, std::string_view text, const std::string& where) {
  const std::string left_out(key);
  return parse(text, where, true, &left_out);
}

json try_parse_json(std::string_view text, const std::string& where) {
  return parse(text, where, false);
}

}  // namespace plumbline
