#include "plumbline/remote/pipe_signal.h"

#include <signal.h>

#include <cerrno>
#include <ctime>

namespace plumbline::remote {
namespace {

sigset_t only_pipe_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_pending() {
  sigset_t pending;
  sigemptyset(&pending);
  ::sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

NoPipeSignal::NoPipeSignal() : was_pending_(is_pending()) {
  const sigset_t set = only_pipe_signal();
  ::pthread_sigmask(SIG_BLOCK, &set, &former_);
}

NoPipeSignal::~NoPipeSignal() {
  // The signal of a failed write waits behind the mask, and would arrive now.
  const sigset_t set = only_pipe_signal();
  const timespec at_once{};
  while (!was_pending_ && ::sigtimedwait(&set, nullptr, &at_once) == -1 && errno == EINTR) {
  }
  ::pthread_sigmask(SIG_SETMASK, &former_, nullptr);
}

}  // namespace plumbline::remote
