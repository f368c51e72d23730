#include "plumbline/base/interrupt.h"

#include <atomic>
#include <csignal>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

// Any thread may get the signal, and any may ask for it.
std::atomic<int> g_signal = 0;
static_assert(std::atomic<int>::is_always_lock_free, "else no handler may use it");

void remember(int signal) {
  g_signal = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void watch_signals() {
  std::signal(SIGINT, remember);
  std::signal(SIGTERM, remember);
  std::signal(SIGHUP, remember);
  // A closed pipe or a file at its size limit is an error to report, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int received_signal() { return g_signal; }

int take_interrupt() {
  const int signal = g_signal;
  if (signal == SIGINT) {
    g_signal = 0;
    std::signal(SIGINT, remember);
  }
  return signal;
}

void stop_if_interrupted() {
  if (g_signal != 0) throw Interrupted(g_signal);
}

}  // namespace plumbline
