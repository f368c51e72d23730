#include "plumbline/base/log.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <mutex>

#include "plumbline/base/progress.h"

namespace plumbline {
namespace {
std::atomic<LogLevel> g_level = LogLevel::Info;

// What files say reaches the terminal in messages: their control characters must not, and a message
// must be readable.
std::string printable(const std::string& text) {
  constexpr size_t kLongest = 16384;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
    out += is_control ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return text.size() > kLongest ? out + " ..." : out;
}

}  // namespace

void set_log_level(LogLevel level) { g_level = level; }

LogLevel log_level() { return g_level; }

void log_message(LogLevel level, const std::string& text) {
  static std::mutex mutex;
  if (level < g_level.load()) return;
  const std::lock_guard lock(mutex);
  clear_progress_line();
  const char* prefix = level == LogLevel::Warning ? "warning: "
                       : level == LogLevel::Error ? "error: "
                                                  : "";
  std::fprintf(stderr, "%s%s\n", prefix, printable(text).c_str());
}

}  // namespace plumbline
