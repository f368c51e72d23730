#include "plumbline/remote/excerpt.h"

#include "plumbline/base/trimmed.h"

namespace plumbline::remote {
namespace {

// Whether a byte is inside of a UTF-8 character, so that the text cannot be cut before it.
bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

std::string excerpt(std::string_view text, size_t max_bytes) {
  text = trimmed(text);
  size_t end = text.size();
  if (end > max_bytes) {
    end = max_bytes;
    while (end > 0 && is_continuation(text[end])) --end;
  }
  std::string line(text.substr(0, end));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';  // control characters
  }
  return "'" + line + (end < text.size() ? "...'" : "'");
}

std::string tail(std::string_view text, size_t max_bytes) {
  text = trimmed(text);
  if (text.size() > max_bytes) text.remove_prefix(text.size() - max_bytes);
  while (!text.empty() && is_continuation(text.front())) text.remove_prefix(1);
  std::string kept(text);
  for (char& c : kept) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) c = ' ';
  }
  return kept;
}

}  // namespace plumbline::remote
