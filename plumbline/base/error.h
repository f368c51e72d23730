// Errors a user can act on, and the one function that words them.
#pragma once

#include <stdexcept>
#include <string>

namespace plumbline {

// The parts of every message: "[component] doing: expected X, got Y (where). Hint: ...".
// Empty parts are left out. `where` is a file, "file:line", or a record's id.
struct Complaint {
  std::string component;
  std::string doing;
  std::string expected = {};
  std::string got = {};
  std::string where = {};
  std::string hint = {};
};

std::string message(const Complaint& complaint);

// What a library's exception says, without the "[json.exception.type_error.302] " before it.
std::string untagged(const std::exception& e);

// Base of all errors; `exit_code` is what the program ends with when nobody handles it.
class Error : public std::runtime_error {
 public:
  Error(const std::string& text, int exit_code) : std::runtime_error(text), exit_code_(exit_code) {}
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

// Wrong command line or config: exit code 2.
class ConfigError : public Error {
 public:
  explicit ConfigError(const Complaint& c) : Error(message(c), 2) {}
  explicit ConfigError(const std::string& text) : Error(text, 2) {}
};

// Outside data that is not what it should be: exit code 3.
class DataError : public Error {
 public:
  explicit DataError(const Complaint& c) : Error(message(c), 3) {}
};

// A file that cannot be read or written (missing, no permission, disk full): exit code 3.
class IoError : public Error {
 public:
  explicit IoError(const Complaint& c) : Error(message(c), 3) {}
};

// A checkpoint that does not fit the model, or is damaged: exit code 3.
class CheckpointError : public Error {
 public:
  explicit CheckpointError(const Complaint& c) : Error(message(c), 3) {}
};

// A loss, gradient or score that is not finite: exit code 4.
class NumericError : public Error {
 public:
  explicit NumericError(const Complaint& c) : Error(message(c), 4) {}
};

// The code is wrong. Input never reaches it. Exit code 1.
class InternalError : public Error {
 public:
  explicit InternalError(const std::string& text) : Error(text, 1) {}
};

// Stopped by a signal after saving: exit code 128 + signal.
class Interrupted : public Error {
 public:
  explicit Interrupted(int signal);
};

[[noreturn]] void fail_check(const char* condition, const char* file, int line,
                             const std::string& detail);

}  // namespace plumbline

// States what must hold if the code is right; `detail` (a std::string) gives both numbers.
#define PLUMBLINE_CHECK(condition, detail)                               \
  do {                                                                   \
    if (!(condition)) {                                                  \
      ::plumbline::fail_check(#condition, __FILE__, __LINE__, (detail)); \
    }                                                                    \
  } while (false)
