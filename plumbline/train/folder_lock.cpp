#include "plumbline/train/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "plumbline/base/error.h"

namespace plumbline::train {

std::shared_ptr<int> hold_folder(const fs::path& path) {
  const int fd = ::open((path / kLockName).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) {
    throw IoError(Complaint{.component = "run",
                            .doing = "opening the run folder",
                            .got = std::strerror(errno),
                            .where = path.string()});
  }
  std::shared_ptr<int> held(new int(fd), [](int* file) {
    ::close(*file);
    delete file;
  });
  // File systems without locks (some network ones) are used without.
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return held;
  throw ConfigError(Complaint{.component = "run",
                              .doing = "opening the run folder",
                              .expected = "a folder that no other process uses",
                              .got = "one that is being written",
                              .where = path.string(),
                              .hint = "wait for the other run, or choose another --out."});
}

}  // namespace plumbline::train
