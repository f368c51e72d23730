// The bytes of a whole file without reading it into memory first.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace plumbline {

// What the readers of file formats work on: bytes, and the name errors give them. Cheap to copy,
// immutable, safe to share between threads.
class FileView {
 public:
  // Maps the file read-only. The bytes stay valid while this object or a copy lives; a file
  // replaced by rename meanwhile does no harm, one cut short ends the process (SIGBUS). Throws
  // IoError when it cannot be read, and DataError when it is a folder or a device.
  explicit FileView(const std::string& path);

  // Bytes in memory, which the caller keeps for as long as anything looks at them.
  FileView(std::string_view bytes, std::string name);

  std::string_view bytes() const { return bytes_; }
  const std::string& name() const { return name_; }  // the path, of a file

 private:
  std::string name_;
  std::shared_ptr<const char> mapping_;  // empty for bytes of the caller and for empty files
  std::string_view bytes_;
};

}  // namespace plumbline
