#define PCRE2_CODE_UNIT_WIDTH 8
#include "plumbline/text/splitter.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "plumbline/base/error.h"

namespace plumbline::text {
namespace {

std::string pcre_message(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(code, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

[[noreturn]] void fail(const std::string& doing, const std::string& pattern, int code) {
  throw DataError({.component = "tokenizer",
                   .doing = fmt::format("{} the regular expression '{}'", doing, pattern),
                   .got = fmt::format("'{}'", pcre_message(code))});
}

// PCRE2's return code; the match's ends stand in `found`.
int match(const pcre2_code* code, std::string_view text, size_t start, pcre2_match_data* found) {
  const auto run = [&](uint32_t options) {
    return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), start, options,
                       found, nullptr);
  };
  const int result = run(0);
  // The compiled code's stack is small; the interpreter's lives on the heap.
  return result == PCRE2_ERROR_JIT_STACKLIMIT ? run(PCRE2_NO_JIT) : result;
}

// PCRE2 counts U+180E as a blank, which Unicode and the originals' regular expressions do not.
std::string with_unicode_blanks(const std::string& pattern) {
  const std::string blanks =
      R"(\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
  std::string out;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool is_escape = pattern[i] == '\\' && i + 1 < pattern.size();
    const std::string item = pattern.substr(i, is_escape ? 2 : 1);
    i += item.size() - 1;
    if (item == "\\s") {
      out += in_class ? blanks : "[" + blanks + "]";
    } else if (item == "\\S" && !in_class) {
      out += "[^" + blanks + "]";
    } else {
      out += item;
    }
    if (item == "[") in_class = true;
    if (item == "]") in_class = false;
  }
  return out;
}

}  // namespace

Splitter::Splitter(const std::string& pattern) : pattern_(pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::string unicode = with_unicode_blanks(pattern);
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(unicode.data()), unicode.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error, &offset, nullptr);
  if (!code) fail("compiling", pattern, error);
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // on failure matching is only slower
  code_ = std::shared_ptr<const void>(
      code, [](const void* p) { pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(p))); });
}

std::vector<Piece> Splitter::split(std::string_view text) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> found(
      pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
  std::vector<Piece> pieces;
  size_t done = 0;
  for (size_t start = 0; start < text.size();) {
    const int result = match(code, text, start, found.get());
    if (result == PCRE2_ERROR_NOMATCH) break;
    if (result < 0) fail("matching", pattern_, result);
    const size_t* ends = pcre2_get_ovector_pointer(found.get());
    if (ends[1] <= ends[0]) {  // an empty match is none
      start = std::max(start, ends[0]) + 1;
      continue;
    }
    if (ends[0] > done) pieces.push_back({text.substr(done, ends[0] - done), false});
    pieces.push_back({text.substr(ends[0], ends[1] - ends[0]), true});
    done = start = ends[1];
  }
  if (done < text.size()) pieces.push_back({text.substr(done), false});
  return pieces;
}

}  // namespace plumbline::text
