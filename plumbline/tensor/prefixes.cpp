#include "plumbline/tensor/prefixes.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"

namespace plumbline::tensor {
namespace {

void add_rows(const Spans& spans, int64_t s, std::vector<int64_t>& rows) {
  for (int64_t row = spans.begin(s); row < spans.end(s); ++row) rows.push_back(row);
}

}  // namespace

void check_prefixes(const Prefixes& prefixes, const Spans& spans) {
  if (prefixes.empty()) return;
  PLUMBLINE_CHECK(std::ssize(prefixes) == spans.size(),
                  fmt::format("prefixes of {} sequences of {}", prefixes.size(), spans.size()));
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t prefix = prefixes[static_cast<size_t>(s)];
    const bool is_sound =
        prefix == -1 || (prefix >= 0 && prefix < s && prefixes[static_cast<size_t>(prefix)] == -1);
    PLUMBLINE_CHECK(is_sound, fmt::format("sequence {} has the prefix {}", s, prefix));
  }
}

std::vector<int64_t> starts_of(const Spans& spans, const Prefixes& prefixes) {
  std::vector<int64_t> starts;
  for (const int64_t prefix : prefixes) starts.push_back(prefix < 0 ? 0 : spans.length(prefix));
  return starts;
}

PrefixedRows rows_with_prefixes(const Spans& spans, const Prefixes& prefixes) {
  PrefixedRows result;
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t before = std::ssize(result.rows);
    const int64_t prefix = prefixes.empty() ? -1 : prefixes[static_cast<size_t>(s)];
    if (prefix >= 0) add_rows(spans, prefix, result.rows);
    add_rows(spans, s, result.rows);
    result.spans.append(std::ssize(result.rows) - before);
  }
  return result;
}

}  // namespace plumbline::tensor
