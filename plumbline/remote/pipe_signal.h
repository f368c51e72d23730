// Writing to someone who has gone.
#pragma once

#include <csignal>

namespace plumbline::remote {

// While it lives, a write of this thread to a closed pipe or socket is an error (EPIPE) and no
// signal, whatever the program does about SIGPIPE. For the thread that made it.
class NoPipeSignal {
 public:
  NoPipeSignal();
  ~NoPipeSignal();
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t former_;
  bool was_pending_;
};

}  // namespace plumbline::remote
