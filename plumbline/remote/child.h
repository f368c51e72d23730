// A shell command as a process group with pipes.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

namespace plumbline::remote {

// Our end of a pipe; reading and writing it never waits. Closed in programs that start later.
class PipeEnd {
 public:
  explicit PipeEnd(int fd = -1) : fd_(fd) {}
  PipeEnd(PipeEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PipeEnd& operator=(PipeEnd&&) = delete;
  ~PipeEnd() { close(); }

  int fd() const { return fd_; }  // -1 when closed
  bool is_open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_;
};

// /bin/sh with a command, and all that this starts.
class Child {
 public:
  // Throws std::system_error when the system refuses.
  explicit Child(const std::string& command);
  // Kills what still runs; no zombie stays.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  PipeEnd& in() { return in_; }  // its stdin, and so on
  PipeEnd& out() { return out_; }
  PipeEnd& err() { return err_; }

  // Whether the shell has ended, even if what it started has not.
  bool has_ended() const;
  // Kills what still runs and returns the shell's status, as of waitpid().
  int end();

 private:
  struct Pipe;
  Child(const std::string& command, Pipe in, Pipe out, Pipe err);

  pid_t shell_;
  int status_ = 0;
  PipeEnd in_, out_, err_;
};

}  // namespace plumbline::remote
