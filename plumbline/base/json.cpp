#include "plumbline/base/json.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

using nlohmann::json;

json parse(std::string_view text, const std::string& where, bool allow_exceptions) {
  const auto refuse_deep_nesting = [&](int depth, json::parse_event_t, json&) {
    constexpr int kDeepest = 64;
    if (depth <= kDeepest) return true;
    throw DataError({.component = "json",
                     .doing = "reading",
                     .expected = fmt::format("at most {} nested levels", kDeepest),
                     .got = "more",
                     .where = where});
  };
  return json::parse(text, refuse_deep_nesting, allow_exceptions);
}

}  // namespace

json parse_json(std::string_view text, const std::string& where) {
  return parse(text, where, true);
}

json try_parse_json(std::string_view text, const std::string& where) {
  return parse(text, where, false);
}

}  // namespace plumbline
