// Asking a program: lines in, lines out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plumbline/remote/attempts.h"

namespace plumbline::remote {

struct Command {
  std::string line;                         // for /bin/sh -c
  std::string doing = "running a command";  // what errors say was being done
  double timeout_seconds = 60;              // for one attempt, from start to end
  Retries retries = {};                     // each with a new process
  size_t max_reply_bytes = size_t{64} << 20;
  // Called with each line of the reply as soon as it is whole, also in an attempt that fails later.
  // What it throws ends the command.
  std::function<void(const std::string& line)> on_line = {};
};

// Starts the command, writes `lines` (which have no line breaks themselves) to its stdin while
// reading its stdout, and returns the lines of the latter. The reply is whole when the shell has
// ended; what it has left running then is killed, as is everything when the time is over, a signal
// comes or an error is thrown: the command is a process group of its own, and leaves no zombie.
// It need not read its stdin.
//
// Throws IoError, after the retries, when it cannot be started, is too slow, or ends with another
// code than 0; the error ends with what it wrote to stderr last. DataError, without retries, for
// more than `max_reply_bytes`. Interrupted when a signal comes (base/interrupt.h).
std::vector<std::string> ask_command(const Command& command, const std::vector<std::string>& lines);

}  // namespace plumbline::remote
