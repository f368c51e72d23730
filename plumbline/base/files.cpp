#include "plumbline/base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "plumbline/base/error.h"

namespace plumbline {
namespace {

// What the most frequent errors mean, in words.
void explain(Complaint& c, int code) {
  switch (code) {
    case ENOENT:
      c.expected = c.doing == "reading" ? "a file" : "a folder that exists", c.got = "none";
      break;
    case EISDIR:
      c.expected = "a file", c.got = "a folder";
      break;
    case ENOTDIR:
      c.expected = "folders above it", c.got = "a file among them";
      break;
    case EACCES:
    case EPERM:
      c.expected = "the permission", c.got = "none";
      break;
    default:
      c.got = std::strerror(code);
  }
}

IoError io_error(const std::string& doing, const fs::path& path, int code) {
  Complaint c{.component = "file", .doing = doing, .where = path.string()};
  explain(c, code);
  if (code == ENOSPC) c.hint = "free some space; what was saved before is intact.";
  return IoError(c);
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  // Errors speak of `name`, such as the file that will be in the place of another.
  Descriptor(const fs::path& path, int flags, const char* doing, const fs::path& name)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)), path_(name), doing_(doing) {
    if (fd_ < 0) throw io_error(doing_, path_, errno);
  }
  Descriptor(const fs::path& path, int flags, const char* doing)
      : Descriptor(path, flags, doing, path) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw io_error(doing_, path_, n == 0 ? ENOSPC : errno);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }
  std::string read_all() {
    std::string bytes;
    char buffer[1 << 16];
    for (;;) {
      const ssize_t n = ::read(fd_, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw io_error(doing_, path_, errno);
      if (n == 0) return bytes;
      bytes.append(buffer, static_cast<size_t>(n));
    }
  }
  void sync() {
    if (::fsync(fd_) != 0 && errno != EINVAL) throw io_error(doing_, path_, errno);
  }
  // Some file systems report a full disk only here.
  void close() {
    const int result = ::close(fd_);
    fd_ = -1;
    if (result != 0) throw io_error(doing_, path_, errno);
  }

 private:
  int fd_;
  fs::path path_;
  const char* doing_;
};

void sync_folder(const fs::path& folder) {
  Descriptor fd(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY, "writing folder");
  fd.sync();
}

void rename_over(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw io_error("renaming into place", to, errno);
}

// Swaps two folders in one step, so that a kill never leaves neither in place. False where the file
// system cannot.
bool exchange(const fs::path& a, const fs::path& b) {
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

// Where a link leads; what is there and no file, such as a device, is not to be replaced by one.
fs::path written_path(const fs::path& path) {
  std::error_code ignored;
  const fs::path target = fs::is_symlink(path, ignored) ? fs::weakly_canonical(path) : path;
  if (fs::exists(target, ignored) && !fs::is_regular_file(target, ignored)) {
    throw IoError({.component = "file",
                   .doing = "writing",
                   .expected = "a file",
                   .got = fs::is_directory(target, ignored) ? "a folder" : "something else",
                   .where = path.string()});
  }
  return target;
}

// Errors speak of `name`.
void make_folders(const fs::path& path, const fs::path& name) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) throw io_error("creating folder", name, code.value());
}

}  // namespace

std::string read_file(const fs::path& path) {
  std::error_code ignored;
  // It may have no end. A pipe, as the shell's <(...), has one.
  if (fs::is_character_file(path, ignored) || fs::is_block_file(path, ignored)) {
    throw IoError({.component = "file",
                   .doing = "reading",
                   .expected = "a file",
                   .got = "a device",
                   .where = path.string()});
  }
  return Descriptor(path, O_RDONLY, "reading").read_all();
}

void write_file(const fs::path& path, std::string_view bytes) {
  write_file(path, std::span(&bytes, 1));
}

void write_file(const fs::path& name, std::span<const std::string_view> parts) {
  const fs::path path = written_path(name);
  fs::path aside = path;
  aside += kAsideSuffix;
  try {
    Descriptor fd(aside, O_WRONLY | O_CREAT | O_TRUNC, "writing", path);
    for (const auto& part : parts) fd.write_all(part);
    fd.sync();
    fd.close();
    rename_over(aside, path);
  } catch (...) {
    std::error_code ignored;
    fs::remove(aside, ignored);
    throw;
  }
  sync_folder(path.parent_path());
}

void append_file(const fs::path& path, std::string_view bytes) {
  Descriptor fd(path, O_WRONLY | O_CREAT | O_APPEND, "appending to");
  fd.write_all(bytes);
  fd.close();
}

bool lies_in(const fs::path& inner, const fs::path& outer) {
  const fs::path root = fs::weakly_canonical(outer), path = fs::weakly_canonical(inner);
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

void make_folders(const fs::path& path) { make_folders(path, path); }

void clear_folder(const fs::path& path) {
  std::vector<fs::path> entries;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(path, code)) entries.push_back(entry.path());
  if (code) throw io_error("emptying folder", path, code.value());
  for (const auto& entry : entries) {
    fs::remove_all(entry, code);
    if (code) throw io_error("removing", entry, code.value());
  }
}

void write_folder(const fs::path& path, const std::function<void(const fs::path&)>& fill) {
  fs::path aside = path, old = path;
  aside += kAsideSuffix;
  old += kOldSuffix;
  std::error_code ignored;
  fs::remove_all(aside, ignored);
  try {
    make_folders(aside, path);
    fill(aside);
    sync_folder(aside);
    if (!fs::exists(path)) {
      rename_over(aside, path);
    } else if (!exchange(aside, path)) {
      fs::remove_all(old, ignored);
      rename_over(path, old);
      rename_over(aside, path);
    }
  } catch (...) {
    fs::remove_all(aside, ignored);
    throw;
  }
  fs::remove_all(aside, ignored);  // the older folder, after an exchange
  fs::remove_all(old, ignored);
  sync_folder(path.parent_path());
}

}  // namespace plumbline
