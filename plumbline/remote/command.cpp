#include "plumbline/remote/command.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/remote/child.h"
#include "plumbline/remote/excerpt.h"
#include "plumbline/remote/pipe_signal.h"

namespace plumbline::remote {
namespace {

constexpr size_t kStderrBytes = 2048;

std::string without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

Complaint complaint_about(const Command& command) {
  return {.component = "remote", .doing = command.doing, .where = excerpt(command.line, 200)};
}

// The command's process, whose start may be refused.
Child started(const Command& command) {
  try {
    return Child(command.line);
  } catch (const std::system_error& e) {
    Complaint complaint = complaint_about(command);
    complaint.expected = "a new process";
    complaint.got = e.code().message();
    throw IoError(complaint);
  }
}

// One process, from start to end.
class Run {
 public:
  Run(const Command& command, std::string_view input)
      : command_(command), input_(input), child_(started(command)) {}

  // All that it wrote to stdout.
  std::string finish();

 private:
  bool exchange(int wait_milliseconds);
  void send();
  void receive(PipeEnd& end, std::string& text);
  void hand_over_lines();
  [[noreturn]] void fail(const std::string& expected, const std::string& got);

  const Command& command_;
  std::string_view input_;  // what is still to be sent
  Child child_;
  std::string stdout_, stderr_;
  size_t num_handed_over_ = 0;  // bytes of stdout_
  Stopwatch watch_;
};

void Run::fail(const std::string& expected, const std::string& got) {
  Complaint complaint = complaint_about(command_);
  const std::string said = tail(stderr_, kStderrBytes);
  complaint.expected = expected;
  complaint.got = got;
  if (!said.empty()) complaint.hint = "it wrote to stderr last:\n" + said;
  throw IoError(complaint);
}

void Run::send() {
  const ssize_t n = ::write(child_.in().fd(), input_.data(), input_.size());
  if (n > 0) input_.remove_prefix(static_cast<size_t>(n));
  const bool is_unread = n < 0 && errno != EAGAIN && errno != EINTR;  // which is up to the program
  if (input_.empty() || is_unread) child_.in().close();
}

void Run::receive(PipeEnd& end, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::read(end.fd(), buffer.data(), buffer.size());
  if (n > 0) text.append(buffer.data(), static_cast<size_t>(n));
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) end.close();
}

void Run::hand_over_lines() {
  if (!command_.on_line) return;
  for (size_t end = 0; (end = stdout_.find('\n', num_handed_over_)) != std::string::npos;) {
    const size_t begin = std::exchange(num_handed_over_, end + 1);
    command_.on_line(without_return(std::string_view(stdout_).substr(begin, end - begin)));
  }
}

// Moves what can be moved now, or within the wait. Returns whether anything came or went.
bool Run::exchange(int wait_milliseconds) {
  if (child_.in().is_open() && input_.empty()) child_.in().close();
  // poll() passes over descriptors below 0, those of closed ends.
  std::array<pollfd, 3> ends = {pollfd{child_.in().fd(), POLLOUT, 0},
                                pollfd{child_.out().fd(), POLLIN, 0},
                                pollfd{child_.err().fd(), POLLIN, 0}};
  if (::poll(ends.data(), ends.size(), wait_milliseconds) <= 0) return false;
  if (ends[0].revents != 0) send();
  if (ends[1].revents != 0) receive(child_.out(), stdout_);
  if (ends[2].revents != 0) receive(child_.err(), stderr_);
  if (stderr_.size() > 64 * kStderrBytes) stderr_.erase(0, stderr_.size() - 2 * kStderrBytes);
  if (stdout_.size() > command_.max_reply_bytes) {
    Complaint complaint = complaint_about(command_);
    complaint.expected = fmt::format("at most {} bytes", command_.max_reply_bytes);
    complaint.got = "more on stdout, beginning with " + excerpt(stdout_);
    throw DataError(complaint);
  }
  hand_over_lines();
  return true;
}

std::string Run::finish() {
  while (true) {
    stop_if_interrupted();
    if (watch_.seconds() >= command_.timeout_seconds) {
      fail(fmt::format("an end within {} seconds", command_.timeout_seconds), "none");
    }
    // Asked first: what an ended program wrote is in the pipes by now. Pipes close a moment before
    // the end, which then is near.
    const bool has_ended = child_.has_ended();
    if (has_ended) child_.in().close();
    const int wait_milliseconds =
        has_ended ? 0 : (child_.out().is_open() || child_.err().is_open() ? 20 : 1);
    if (!exchange(wait_milliseconds) && has_ended) break;
  }
  const int status = child_.end();
  if (WIFSIGNALED(status)) fail("exit code 0", fmt::format("signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) fail("exit code 0", fmt::format("{}", WEXITSTATUS(status)));
  if (command_.on_line && num_handed_over_ < stdout_.size()) {
    command_.on_line(without_return(std::string_view(stdout_).substr(num_handed_over_)));
  }
  if (!stderr_.empty()) log_debug("[remote] {} wrote:\n{}", excerpt(command_.line), stderr_);
  return std::move(stdout_);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    PLUMBLINE_CHECK(line.find('\n') == std::string::npos, line);
    text += line;
    text += '\n';
  }
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(without_return(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

std::vector<std::string> ask_command(const Command& command,
                                     const std::vector<std::string>& lines) {
  const NoPipeSignal guard;
  const std::string input = joined(lines);
  Attempts attempts(command.retries);
  while (true) {
    try {
      return split(Run(command, input).finish());
    } catch (const IoError& e) {
      if (!attempts.wait_for_next(e.what())) throw;
    }
  }
}

}  // namespace plumbline::remote
