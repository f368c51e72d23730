#include "plumbline/remote/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace plumbline::remote {

void PipeEnd::close() {
  if (is_open()) ::close(std::exchange(fd_, -1));
}

struct Child::Pipe {
  Pipe() : Pipe(made()) {}
  explicit Pipe(std::array<int, 2> fds) : reading(fds[0]), writing(fds[1]) {}
  static std::array<int, 2> made() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category());
    return fds;
  }
  PipeEnd reading, writing;
};

namespace {

// Not by fork(), which would copy the page tables of a program that holds a model.
pid_t start(std::string command, const PipeEnd& in, const PipeEnd& out, const PipeEnd& err) {
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

  std::string shell = "sh", option = "-c";
  char* const arguments[] = {shell.data(), option.data(), command.data(), nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::system_category());
  return pid;
}

// Only of our end: the other one belongs to a program that may not expect it.
void never_wait(const PipeEnd& end) {
  ::fcntl(end.fd(), F_SETFL, ::fcntl(end.fd(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

Child::Child(const std::string& command) : Child(command, Pipe(), Pipe(), Pipe()) {}

// The ends that the command has are closed here with the pipes.
Child::Child(const std::string& command, Pipe in, Pipe out, Pipe err)
    : shell_(start(command, in.reading, out.writing, err.writing)),
      in_(std::move(in.writing)),
      out_(std::move(out.reading)),
      err_(std::move(err.reading)) {
  for (const PipeEnd* end : {&in_, &out_, &err_}) never_wait(*end);
}

Child::~Child() { end(); }

bool Child::has_ended() const {
  // It stays a zombie, so that nobody else gets its number before end() has killed the group.
  siginfo_t info{};
  const int code = ::waitid(P_PID, static_cast<id_t>(shell_), &info, WEXITED | WNOHANG | WNOWAIT);
  return code != 0 || info.si_pid == shell_;
}

int Child::end() {
  if (shell_ == 0) return status_;
  ::kill(-shell_, SIGKILL);
  while (::waitpid(shell_, &status_, 0) == -1 && errno == EINTR) {
  }
  shell_ = 0;
  return status_;
}

}  // namespace plumbline::remote
