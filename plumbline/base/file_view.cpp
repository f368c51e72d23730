#include "plumbline/base/file_view.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

IoError io_error(const std::string& doing, const std::string& path) {
  const bool is_missing = errno == ENOENT;
  return IoError({.component = "file",
                  .doing = doing,
                  .expected = is_missing ? "a file" : "",
                  .got = is_missing ? "none" : std::strerror(errno),
                  .where = path});
}

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

FileView::FileView(const std::string& path) : name_(path) {
  // Without waiting for a pipe's other end.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status;
  if (file.fd < 0 || ::fstat(file.fd, &status) != 0) throw io_error("opening", path);
  if (!S_ISREG(status.st_mode)) {
    throw DataError({.component = "file",
                     .doing = "opening",
                     .expected = "a file",
                     .got = S_ISDIR(status.st_mode) ? "a folder" : "something else",
                     .where = path});
  }
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return;  // which cannot be mapped
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (start == MAP_FAILED) throw io_error("mapping", path);
  mapping_ = {static_cast<const char*>(start),
              [size](const char* p) { ::munmap(const_cast<char*>(p), size); }};
  bytes_ = {mapping_.get(), size};
}

FileView::FileView(std::string_view bytes, std::string name)
    : name_(std::move(name)), bytes_(bytes) {}

}  // namespace plumbline
