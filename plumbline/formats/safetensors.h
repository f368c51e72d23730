// The safetensors layout: named arrays behind a JSON header. Bytes only, no tensors.
#pragma once

#include <map>
#include <string>

#include "plumbline/base/file_view.h"
#include "plumbline/formats/arrays.h"

namespace plumbline::formats {

using Metadata = std::map<std::string, std::string>;

// A file mapped read-only. Its views stay valid while it or a copy of it lives; a file replaced by
// rename meanwhile does no harm. Cheap to copy, immutable, safe to share between threads.
class SafetensorsFile {
 public:
  // Throws IoError when the file cannot be read, and DataError naming file and reason when it
  // breaks a rule: header length and JSON, no duplicate keys, sizes that agree with shapes, and a
  // buffer covered without holes or overlaps to its last byte. Source:
  // https://github.com/huggingface/safetensors, README section "Format".
  explicit SafetensorsFile(const std::string& path);
  explicit SafetensorsFile(const FileView& file);

  const std::string& path() const { return file_.name(); }
  const Arrays& arrays() const { return arrays_; }
  const Metadata& metadata() const { return metadata_; }

 private:
  FileView file_;
  Arrays arrays_;
  Metadata metadata_;
};

// Writes the arrays without copying them: aside, flushed, renamed over `path`. On any failure
// throws IoError and leaves an older file as it was. Larger elements come first, then names in
// order.
void write_safetensors(const std::string& path, const Arrays& arrays,
                       const Metadata& metadata = {{"format", "pt"}});

}  // namespace plumbline::formats
