#include "plumbline/base/error.h"

#include <fmt/format.h>

#include <filesystem>

namespace plumbline {

namespace {

// A text of C's ends at the first of these bytes, and all that is said behind it would be lost.
std::string without_nul(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\0' ? std::string("\\x00") : std::string(1, c);
  return out;
}

}  // namespace

std::string message(const Complaint& c) {
  std::string text = fmt::format("[{}] {}", c.component, c.doing);
  if (!c.expected.empty()) text += fmt::format(": expected {}", c.expected);
  if (!c.got.empty()) text += fmt::format("{}got {}", c.expected.empty() ? ": " : ", ", c.got);
  if (!c.where.empty()) text += fmt::format(" ({})", c.where);
  if (!text.ends_with('.')) text += ".";  // it may end with another message
  if (!c.hint.empty()) text += fmt::format("\nHint: {}", c.hint);
  return without_nul(text);
}

std::string untagged(const std::exception& e) {
  const std::string text = e.what();
  const size_t end = text.find("] ");
  return text.starts_with('[') && end != std::string::npos ? text.substr(end + 2) : text;
}

Interrupted::Interrupted(int signal)
    : Error(fmt::format("[run] stopped by signal {}.", signal), 128 + signal) {}

void fail_check(const char* condition, const char* file, int line, const std::string& detail) {
  throw InternalError(fmt::format("[internal] check '{}' failed: {} ({}:{})", condition, detail,
                                  std::filesystem::path(file).filename().string(), line));
}

}  // namespace plumbline
