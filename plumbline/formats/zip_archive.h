// Zip archives whose entries are stored, as PyTorch writes them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "plumbline/base/file_view.h"

namespace plumbline::formats {

// A zip (or zip64) archive, read in place. Its entries stay valid while it or a copy of it lives.
// Immutable, safe to share between threads.
//
// Throws DataError naming file and reason for what is compressed or encrypted, spread over several
// disks, has a name twice, entries that overlap or leave the file, or headers that disagree. As
// nothing is unpacked and no byte belongs to two entries, an archive never becomes larger than its
// file. Checksums are not verified.
// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
class ZipArchive {
 public:
  using Entries = std::map<std::string, std::string_view, std::less<>>;

  explicit ZipArchive(const FileView& file);

  const Entries& entries() const { return entries_; }

 private:
  FileView file_;
  Entries entries_;
};

}  // namespace plumbline::formats
