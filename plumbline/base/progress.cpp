#include "plumbline/base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <utility>

#include "plumbline/base/log.h"

namespace plumbline {
namespace {
std::atomic<bool> g_line_open = false;
// Set by the thread that carries out the work, which is also the one that draws.
std::string g_context;
constexpr double kTerminalInterval = 0.1;
constexpr double kLogInterval = 30.0;
}  // namespace

void clear_progress_line() {
  if (g_line_open.exchange(false)) std::fputs("\r\033[K", stderr);
}

std::string progress_text(const std::string& label, int64_t done, int64_t first, int64_t total,
                          double seconds, const std::string& metrics) {
  const double rate = seconds > 0 ? static_cast<double>(done - first) / seconds : 0;
  std::string text = fmt::format(
      "{} {}/{} {:.0f}%", label, done, total,
      total > 0 ? 100.0 * static_cast<double>(done) / static_cast<double>(total) : 100.0);
  if (rate > 0) {
    const double left = static_cast<double>(std::max<int64_t>(0, total - done)) / rate;
    text += fmt::format(" {:.3g}/s ETA {}", rate, duration_text(left));
  }
  return metrics.empty() ? text : text + " " + metrics;
}

ProgressContext::ProgressContext(std::string text)
    : outer_(std::exchange(g_context, std::move(text))) {}

ProgressContext::~ProgressContext() { g_context = outer_; }

Progress::Progress(std::string label, int64_t total, int64_t done)
    : label_(std::move(label)),
      total_(total),
      first_(done),
      done_(done),
      is_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { draw(true); }

void Progress::update(int64_t done, const std::string& metrics) {
  done_ = done;
  metrics_ = metrics;
  const double interval = is_terminal_ ? kTerminalInterval : kLogInterval;
  if (watch_.seconds() - last_drawn_ >= interval) draw(false);
}

void Progress::draw(bool final) {
  last_drawn_ = watch_.seconds();
  if ((final && done_ == first_) || log_level() > LogLevel::Info) return;
  const std::string text =
      g_context + progress_text(label_, done_, first_, total_, watch_.seconds(), metrics_);
  if (!is_terminal_) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return;
  }
  std::fprintf(stderr, "\r\033[K%s%s", text.c_str(), final ? "\n" : "");
  std::fflush(stderr);
  g_line_open = !final;
}

}  // namespace plumbline
