// Folders that tests may fill, a limit that stands in for a full disk, and the text of errors.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>

#include "plumbline/base/files.h"

namespace plumbline::support {

// An empty folder that exists for the life of the object; every object has its own.
class ScratchFolder {
 public:
  ScratchFolder() {
    static std::atomic<int> count = 0;
    path_ = fs::temp_directory_path() /
            ("plumbline-test-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    fs::remove_all(path_);  // of a process that was killed and had the same number
    fs::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

// A file with this text that exists for the life of the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) { write_file(path(), text); }
  std::string path() const { return scratch_ / "file.toml"; }

 private:
  const ScratchFolder scratch_;
};

// A test with a folder of its own.
class Scratch : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return scratch_ / name; }

  const ScratchFolder scratch_;
  const fs::path folder_ = scratch_.path();
};

// While it lives, no file of this process can grow beyond `bytes`: writes then fail half-way.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit former_{};
};

// The text of the error that `act` throws; "" and a failure when it throws none of type E.
template <class E, class Act>
std::string error_text(Act act) {
  try {
    act();
  } catch (const E& e) {
    return e.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

}  // namespace plumbline::support
