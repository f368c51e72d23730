#define PCRE2_CODE_UNIT_WIDTH 8
#include "plumbline/base/pattern.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <array>
#include <cstdint>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

[[noreturn]] void fail(const std::string& doing, const std::string& expression, int code) {
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(code, message.data(), message.size());
  throw DataError({.component = "pattern",
                   .doing = fmt::format("{} the regular expression '{}'", doing, expression),
                   .got = fmt::format("'{}'", reinterpret_cast<const char*>(message.data()))});
}

PCRE2_SPTR units(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

const pcre2_code* code_of(const std::shared_ptr<const void>& code) {
  return static_cast<const pcre2_code*>(code.get());
}

pcre2_match_data* data_of(const std::shared_ptr<void>& found) {
  return static_cast<pcre2_match_data*>(found.get());
}

}  // namespace

Pattern::Pattern(const std::string& expression, Text text) : expression_(expression) {
  const uint32_t options =
      text == Text::Unicode ? PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF : 0;
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code =
      pcre2_compile(units(expression), expression.size(), options, &error, &offset, nullptr);
  if (!code) fail("compiling", expression, error);
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // on failure matching is only slower
  code_ = std::shared_ptr<const void>(
      code, [](const void* p) { pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(p))); });
}

std::optional<std::vector<std::string>> Pattern::match(std::string_view text) const {
  PatternSearch search(*this, text);
  if (!search.next(0, PatternSearch::Where::WholeText)) return std::nullopt;
  std::vector<std::string> groups;
  for (size_t i = 0; i < search.groups(); ++i) groups.emplace_back(search.group(i));
  return groups;
}

bool Pattern::found_in(std::string_view text) const { return PatternSearch(*this, text).next(0); }

std::string Pattern::replace(std::string_view text, std::string_view replacement) const {
  PatternSearch search(*this, text);
  if (!search.next(0)) return std::string(text);
  std::string out(text.substr(0, search.begin()));
  for (size_t i = 0; i < replacement.size(); ++i) {
    const bool is_group = replacement[i] == '$' && i + 1 < replacement.size() &&
                          replacement[i + 1] >= '1' && replacement[i + 1] <= '9';
    if (is_group) {
      out += search.group(static_cast<size_t>(replacement[++i] - '0'));
    } else {
      out += replacement[i];
    }
  }
  return out += text.substr(search.end());
}

PatternSearch::PatternSearch(const Pattern& pattern, std::string_view text)
    : pattern_(pattern),
      text_(text),
      found_(pcre2_match_data_create_from_pattern(code_of(pattern.code_), nullptr),
             [](void* p) { pcre2_match_data_free(static_cast<pcre2_match_data*>(p)); }) {}

bool PatternSearch::next(size_t start, Where where) {
  const auto run = [&](uint32_t options) {
    if (where == Where::WholeText) options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    return pcre2_match(code_of(pattern_.code_), units(text_), text_.size(), start, options,
                       data_of(found_), nullptr);
  };
  int result = run(0);
  // The compiled code's stack is small; the interpreter's lives on the heap.
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = run(PCRE2_NO_JIT);
  if (result < 0 && result != PCRE2_ERROR_NOMATCH) fail("matching", pattern_.expression_, result);
  return result >= 0;
}

size_t PatternSearch::groups() const { return pcre2_get_ovector_count(data_of(found_)); }

size_t PatternSearch::begin(size_t group) const {
  return pcre2_get_ovector_pointer(data_of(found_))[2 * group];
}

size_t PatternSearch::end(size_t group) const {
  return pcre2_get_ovector_pointer(data_of(found_))[2 * group + 1];
}

std::string_view PatternSearch::group(size_t index) const {
  if (index >= groups() || begin(index) == PCRE2_UNSET) return {};
  return text_.substr(begin(index), end(index) - begin(index));
}

}  // namespace plumbline
