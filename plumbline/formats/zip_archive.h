// Zip archives: stored entries, as PyTorch writes them, and deflated ones, as spreadsheets have
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "plumbline/base/file_view.h"

namespace plumbline::formats {

// Which entries an archive may have.
enum class ZipPacking { Stored, StoredOrDeflated };

// A zip (or zip64) archive, read in place. Its entries stay valid while it or a copy of it lives.
// Immutable, safe to share between threads.
//
// Throws DataError naming file and reason for what is packed otherwise than allowed or encrypted,
// spread over several disks, has a name twice, entries that overlap or leave the file, or headers
// that disagree. No byte belongs to two entries, so an archive of stored entries never becomes
// larger than its file; their checksums are not verified.
// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
class ZipArchive {
 public:
  using Entries = std::map<std::string, std::string_view, std::less<>>;

  explicit ZipArchive(const FileView& file, ZipPacking allowed = ZipPacking::Stored);

  // The stored ones.
  const Entries& entries() const { return entries_; }

  bool has(std::string_view name) const;
  // A copy of an entry's bytes, inflated if it is deflated. Throws DataError when there is none of
  // this name, when it has more than `max_size` bytes, and when size or checksum of what was
  // inflated are not those that the archive states.
  std::string contents(std::string_view name, uint64_t max_size) const;

 private:
  struct Deflated {
    std::string_view bytes;
    uint64_t size = 0;
    uint32_t checksum = 0;
  };
  FileView file_;
  Entries entries_;
  std::map<std::string, Deflated, std::less<>> deflated_;
};

}  // namespace plumbline::formats
