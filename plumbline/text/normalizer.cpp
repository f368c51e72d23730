#include "plumbline/text/normalizer.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {

namespace {

// Rules that make text longer and longer are refused before memory is: SentencePiece's mark is
// three bytes for one, and normal forms give no more.
void check_growth(size_t size, size_t original) {
  const size_t most = 16 * original + (size_t{1} << 16);
  if (size <= most) return;
  throw DataError({.component = "tokenizer",
                   .doing = "normalizing text",
                   .expected = fmt::format("at most {} bytes of {}", most, original),
                   .got = "more",
                   .hint = "the Replace rules of the tokenizer's normalizer blow text up."});
}

size_t count(std::string_view text, std::string_view part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) {
    ++found;
  }
  return found;
}

}  // namespace

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return std::string(text);
  std::string out;
  for (size_t found = 0; (found = text.find(from)) != std::string_view::npos;) {
    out += text.substr(0, found);
    out += to;
    text.remove_prefix(found + from.size());
  }
  return out += text;
}

std::string normalized(const std::vector<NormalStep>& steps, std::string_view text, bool goes_on) {
  std::string out(text);
  for (const NormalStep& step : steps) {
    switch (step.kind) {
      case NormalStep::Kind::Nfc:
        out = nfc(out);
        break;
      case NormalStep::Kind::Prepend:
        if (!out.empty() && !goes_on) out.insert(0, step.to);
        break;
      case NormalStep::Kind::Replace:
        if (step.from.empty()) break;
        check_growth(out.size() + count(out, step.from) * step.to.size(), text.size());
        out = replaced(out, step.from, step.to);
        break;
    }
  }
  return out;
}

}  // namespace plumbline::text
