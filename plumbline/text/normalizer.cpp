#include "plumbline/text/normalizer.h"

#include "plumbline/text/utf8.h"

namespace plumbline::text {

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
        out = replaced(out, step.from, step.to);
        break;
    }
  }
  return out;
}

}  // namespace plumbline::text
