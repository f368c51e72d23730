#include "plumbline/base/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

#include "plumbline/base/progress.h"

namespace plumbline {
namespace {
std::atomic<LogLevel> g_level = LogLevel::Info;
}

void set_log_level(LogLevel level) { g_level = level; }

void log_message(LogLevel level, const std::string& text) {
  static std::mutex mutex;
  if (level < g_level.load()) return;
  const std::lock_guard lock(mutex);
  clear_progress_line();
  const char* prefix = level == LogLevel::Warning ? "warning: "
                       : level == LogLevel::Error ? "error: "
                                                  : "";
  std::fprintf(stderr, "%s%s\n", prefix, text.c_str());
}

}  // namespace plumbline
