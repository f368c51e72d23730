#include "plumbline/benchmarks/object_lists.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"

namespace plumbline::benchmarks {
namespace {

using nlohmann::json;

constexpr std::string_view kSpace = " \t\r\n\v\f";
constexpr size_t kShortAnswer = 3;  // words

std::string last_line(const std::string& text) {
  const size_t end = text.find_last_not_of(kSpace) + 1;
  const size_t begin = text.substr(0, end).rfind('\n') + 1;
  return text.substr(begin, end - begin);
}

// What stands between "```json" and "```" on lines of their own; the whole text without them.
std::string fenced(const std::string& text) {
  constexpr std::string_view kBegin = "```json\n", kEnd = "\n```";
  const size_t begin = text.find(kBegin);
  const size_t end = begin == std::string::npos ? begin : text.find(kEnd, begin + kBegin.size());
  if (end == std::string::npos) return text;
  return text.substr(begin + kBegin.size(), end - begin - kBegin.size());
}

json parsed(const std::string& text) {
  try {
    return try_parse_json(text, "a reply");
  } catch (const DataError&) {
    return json(json::value_t::discarded);  // nested without end
  }
}

}  // namespace

std::optional<std::vector<std::string>> listed_objects(const std::string& reply) {
  json list = parsed(reply);
  if (list.is_discarded()) list = parsed(fenced(reply));
  if (list.is_discarded() && reply.find("[\"") != std::string::npos) {
    list = parsed(last_line(reply));
  }
  if (!list.is_array()) return std::nullopt;
  std::vector<std::string> objects;
  for (const auto& entry : list) {
    if (!entry.is_string() && !entry.is_number()) return std::nullopt;
    objects.push_back(entry.is_string() ? entry.get<std::string>() : entry.dump());
  }
  return objects;
}

bool is_short_answer(const std::string& answer) {
  size_t words = 0;
  for (size_t i = 0; i < answer.size(); ++i) {
    const bool is_space = kSpace.find(answer[i]) != std::string_view::npos;
    const bool was_space = i == 0 || kSpace.find(answer[i - 1]) != std::string_view::npos;
    words += !is_space && was_space;
  }
  return words <= kShortAnswer;
}

}  // namespace plumbline::benchmarks
