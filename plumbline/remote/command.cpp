#include "plumbline/remote/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/remote/excerpt.h"
#include "plumbline/remote/pipe_signal.h"

namespace plumbline::remote {
namespace {

constexpr size_t kStderrBytes = 2048;

Complaint complaint_about(const Command& command) {
  return {.component = "remote", .doing = command.doing, .where = excerpt(command.line, 200)};
}

[[noreturn]] void fail_start(const Command& command, int error) {
  Complaint complaint = complaint_about(command);
  complaint.expected = "a new process";
  complaint.got = std::strerror(error);
  throw IoError(complaint);
}

// An end of a pipe.
class End {
 public:
  explicit End(int fd = -1) : fd_(fd) {}
  End(End&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  End& operator=(End&&) = delete;
  ~End() { close(); }
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void close() {
    if (is_open()) ::close(std::exchange(fd_, -1));
  }
  // Only this end: the other one belongs to a program that may not expect it.
  void never_wait() const { ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK); }

 private:
  int fd_;
};

struct Pipe {
  End reading, writing;
};

Pipe make_pipe(const Command& command) {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) fail_start(command, errno);
  return {End(fds[0]), End(fds[1])};
}

// Starts the shell with these as its stdin, stdout and stderr. Not by fork(), which would copy the
// page tables of a program that holds a model.
pid_t start(const Command& command, const End& in, const End& out, const End& err) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.fd(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.fd(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.fd(), STDERR_FILENO);

  // Programs expect to start with the usual signals, not with what we ignore and block.
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) sigaddset(&usual, signal);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);

  std::string shell = "sh", option = "-c", line = command.line;
  char* const arguments[] = {shell.data(), option.data(), line.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail_start(command, error);
  return pid;
}

// A shell and all that it started.
class Group {
 public:
  explicit Group(pid_t shell) : shell_(shell) {}
  ~Group() { end(); }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // Whether the shell has ended. It stays a zombie, whose number nobody else can get.
  bool has_ended() const {
    siginfo_t info{};
    const int code = ::waitid(P_PID, static_cast<id_t>(shell_), &info, WEXITED | WNOHANG | WNOWAIT);
    return code != 0 || info.si_pid == shell_;
  }

  // Kills what still runs and returns the shell's status, as of waitpid().
  int end() {
    if (shell_ == 0) return status_;
    ::kill(-shell_, SIGKILL);
    while (::waitpid(shell_, &status_, 0) == -1 && errno == EINTR) {
    }
    shell_ = 0;
    return status_;
  }

 private:
  pid_t shell_;
  int status_ = 0;
};

// One process, from start to end.
class Run {
 public:
  Run(const Command& command, std::string_view input)
      : Run(command, input, make_pipe(command), make_pipe(command), make_pipe(command)) {}

  // All that it wrote to stdout.
  std::string finish();

 private:
  Run(const Command& command, std::string_view input, Pipe in, Pipe out, Pipe err)
      : command_(command),
        input_(input),
        group_(start(command, in.reading, out.writing, err.writing)),
        in_(std::move(in.writing)),
        out_(std::move(out.reading)),
        err_(std::move(err.reading)) {
    for (const End* end : {&in_, &out_, &err_}) end->never_wait();
  }

  bool exchange(int wait_milliseconds);
  void send();
  void receive(End& end, std::string& text);
  [[noreturn]] void fail(const std::string& expected, const std::string& got);

  const Command& command_;
  std::string_view input_;  // what is still to be sent
  Group group_;
  End in_, out_, err_;
  std::string stdout_, stderr_;
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
  const ssize_t n = ::write(in_.fd(), input_.data(), input_.size());
  if (n > 0) input_.remove_prefix(static_cast<size_t>(n));
  const bool is_unread = n < 0 && errno != EAGAIN && errno != EINTR;  // which is up to the program
  if (input_.empty() || is_unread) in_.close();
}

void Run::receive(End& end, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::read(end.fd(), buffer.data(), buffer.size());
  if (n > 0) text.append(buffer.data(), static_cast<size_t>(n));
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) end.close();
}

// Moves what can be moved now, or within the wait. Returns whether anything came or went.
bool Run::exchange(int wait_milliseconds) {
  if (in_.is_open() && input_.empty()) in_.close();
  // poll() passes over descriptors below 0, those of closed ends.
  std::array<pollfd, 3> ends = {pollfd{in_.fd(), POLLOUT, 0}, pollfd{out_.fd(), POLLIN, 0},
                                pollfd{err_.fd(), POLLIN, 0}};
  if (::poll(ends.data(), ends.size(), wait_milliseconds) <= 0) return false;
  if (ends[0].revents != 0) send();
  if (ends[1].revents != 0) receive(out_, stdout_);
  if (ends[2].revents != 0) receive(err_, stderr_);
  if (stderr_.size() > 64 * kStderrBytes) stderr_.erase(0, stderr_.size() - 2 * kStderrBytes);
  if (stdout_.size() > command_.max_reply_bytes) {
    Complaint complaint = complaint_about(command_);
    complaint.expected = fmt::format("at most {} bytes", command_.max_reply_bytes);
    complaint.got = "more on stdout, beginning with " + excerpt(stdout_);
    throw DataError(complaint);
  }
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
    const bool has_ended = group_.has_ended();
    if (has_ended) in_.close();
    const int wait_milliseconds = has_ended ? 0 : (out_.is_open() || err_.is_open() ? 20 : 1);
    if (!exchange(wait_milliseconds) && has_ended) break;
  }
  const int status = group_.end();
  if (WIFSIGNALED(status)) fail("exit code 0", fmt::format("signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0) fail("exit code 0", fmt::format("{}", WEXITSTATUS(status)));
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
    std::string line(text.substr(0, end));
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
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
