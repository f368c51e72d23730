#include "plumbline/formats/zip_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/formats/byte_reader.h"
#include "plumbline/formats/inflate.h"

namespace plumbline::formats {
namespace {

constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kEntrySignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocatorSignature = 0x07064b50;
constexpr uint64_t kEndSize = 22, kEnd64Size = 56, kLocatorSize = 20, kEntrySize = 46;
constexpr uint64_t kMaxComment = 0xffff;
constexpr uint64_t kMaxEntries = 1'000'000;
constexpr uint16_t kFull16 = 0xffff;  // a field at its largest value: look in the zip64 record
constexpr uint32_t kFull32 = 0xffffffff;
constexpr uint16_t kStored = 0, kDeflated = 8;
constexpr uint16_t kEncrypted = 1 << 0, kSizesFollowData = 1 << 3;

struct Directory {
  uint64_t count = 0;
  uint64_t size = 0;
  uint64_t begin = 0;
};

struct Entry {
  std::string_view name;
  uint16_t flags = 0;
  uint16_t method = 0;
  uint32_t checksum = 0;
  uint64_t packed_size = 0;
  uint64_t size = 0;
  uint64_t begin = 0;  // of its local header
};

std::string method_name(uint16_t method) {
  switch (method) {
    case 8:
      return "deflate";
    case 9:
      return "deflate64";
    case 12:
      return "bzip2";
    case 14:
      return "lzma";
    case 93:
      return "zstd";
    case 95:
      return "xz";
    default:
      return fmt::format("method {}", method);
  }
}

uint32_t signature_at(ByteReader& in, uint64_t position) {
  in.seek(position);
  return in.number<uint32_t>();
}

// The last end record whose comment reaches exactly to the end of the file.
uint64_t find_end(ByteReader& in) {
  in.seek(0);
  const uint64_t size = in.rest();
  const uint64_t lowest = size - std::min(size, kEndSize + kMaxComment);
  for (uint64_t at = size - std::min(size, kEndSize); size >= kEndSize && at >= lowest; --at) {
    if (signature_at(in, at) == kEndSignature) {
      in.seek(at + kEndSize - 2);
      if (in.number<uint16_t>() == in.rest()) return at;
    }
    if (at == 0) break;
  }
  in.seek(0);
  in.fail("no end of a central directory", "a zip archive");
}

// The zip64 end record, which a locator just before the end record points at.
std::optional<Directory> read_end64(ByteReader& in, uint64_t end) {
  if (end < kLocatorSize || signature_at(in, end - kLocatorSize) != kLocatorSignature) return {};
  const auto disk = in.number<uint32_t>();
  const auto begin = in.number<uint64_t>();
  const auto num_disks = in.number<uint32_t>();
  const uint64_t limit = end - kLocatorSize;
  if (disk != 0 || num_disks > 1) in.fail("an archive of several disks");
  if (limit < kEnd64Size || begin > limit - kEnd64Size ||
      signature_at(in, begin) != kEnd64Signature) {
    in.fail(fmt::format("no zip64 end record at byte {}", begin));
  }
  if (in.number<uint64_t>() != limit - begin - 12) in.fail("a zip64 end record of another size");
  in.take(4);  // versions
  const auto this_disk = in.number<uint32_t>(), first_disk = in.number<uint32_t>();
  const auto count_here = in.number<uint64_t>();
  Directory result;
  result.count = in.number<uint64_t>();
  result.size = in.number<uint64_t>();
  result.begin = in.number<uint64_t>();
  if (this_disk != 0 || first_disk != 0 || count_here != result.count) {
    in.fail("an archive of several disks");
  }
  return result;
}

Directory read_end(ByteReader& in) {
  const uint64_t end = find_end(in);
  in.seek(end + 4);
  const auto this_disk = in.number<uint16_t>(), first_disk = in.number<uint16_t>();
  const auto count_here = in.number<uint16_t>(), count = in.number<uint16_t>();
  const auto size = in.number<uint32_t>(), begin = in.number<uint32_t>();
  if (this_disk != 0 || first_disk != 0 || count_here != count) {
    in.fail("an archive of several disks");
  }
  const std::optional<Directory> wide = read_end64(in, end);
  const Directory result = wide.value_or(Directory{count, size, begin});
  const auto agrees = [&](uint64_t narrow, uint64_t full, uint64_t value) {
    return narrow == full ? wide.has_value() : narrow == value;
  };
  if (!agrees(count, kFull16, result.count) || !agrees(size, kFull32, result.size) ||
      !agrees(begin, kFull32, result.begin)) {
    in.fail("end records that disagree");
  }
  if (result.begin > end || result.size > end - result.begin) {
    in.fail(fmt::format("a directory of {} bytes at {}", result.size, result.begin),
            fmt::format("one before byte {}", end));
  }
  if (result.count > std::min(kMaxEntries, result.size / kEntrySize)) {
    in.fail(fmt::format("{}", result.count),
            fmt::format("at most {} entries", std::min(kMaxEntries, result.size / kEntrySize)));
  }
  return result;
}

// Replaces those of the fields that are full by what the zip64 extra field says, in this order.
void widen(ByteReader& in, std::string_view extra, std::vector<uint64_t*> fields) {
  std::erase_if(fields, [](const uint64_t* field) { return *field != kFull32; });
  if (fields.empty()) return;
  ByteReader extras(extra, "zip", "an extra field");
  while (extras.rest() >= 4) {
    const auto id = extras.number<uint16_t>(), size = extras.number<uint16_t>();
    if (size > extras.rest()) break;
    ByteReader content(extras.take(size), "zip", "an extra field");
    if (id != 1) continue;
    if (content.rest() < 8 * fields.size()) break;
    for (uint64_t* field : fields) *field = content.number<uint64_t>();
    return;
  }
  in.fail("an entry without its zip64 sizes");
}

Entry read_entry(ByteReader& in, ZipPacking allowed) {
  if (in.number<uint32_t>() != kEntrySignature) in.fail("no directory entry");
  in.take(4);  // versions
  Entry entry;
  entry.flags = in.number<uint16_t>();
  entry.method = in.number<uint16_t>();
  in.take(4);  // time, date
  entry.checksum = in.number<uint32_t>();
  entry.packed_size = in.number<uint32_t>();
  entry.size = in.number<uint32_t>();
  const auto name_size = in.number<uint16_t>(), extra_size = in.number<uint16_t>();
  const auto comment_size = in.number<uint16_t>(), disk = in.number<uint16_t>();
  in.take(6);  // attributes
  entry.begin = in.number<uint32_t>();
  entry.name = in.take(name_size);
  widen(in, in.take(extra_size), {&entry.size, &entry.packed_size, &entry.begin});
  in.take(comment_size);
  if (disk != 0) in.fail("an archive of several disks");
  if (entry.flags & kEncrypted) in.fail(fmt::format("'{}', which is encrypted", entry.name));
  const bool is_deflated = entry.method == kDeflated && allowed == ZipPacking::StoredOrDeflated;
  if (entry.method != kStored && !is_deflated) {
    in.fail(fmt::format("'{}', packed with {}", entry.name, method_name(entry.method)),
            allowed == ZipPacking::Stored ? "stored entries" : "stored or deflated entries");
  }
  if (!is_deflated && entry.packed_size != entry.size)
    in.fail(fmt::format("two sizes for '{}'", entry.name));
  return entry;
}

// The entry's bytes, which end before the directory begins.
std::string_view entry_bytes(ByteReader& in, const Entry& entry, uint64_t limit) {
  if (signature_at(in, entry.begin) != kLocalSignature) {
    in.fail(fmt::format("no local header of '{}'", entry.name));
  }
  in.take(2);  // version
  const auto flags = in.number<uint16_t>(), method = in.number<uint16_t>();
  in.take(8);  // time, date, checksum
  const uint64_t packed_size = in.number<uint32_t>(), size = in.number<uint32_t>();
  const auto name_size = in.number<uint16_t>(), extra_size = in.number<uint16_t>();
  const std::string_view name = in.take(name_size);
  in.take(extra_size);
  const auto agrees = [&](uint64_t n, uint64_t stated) {
    return n == stated || n == kFull32 || (n == 0 && (flags & kSizesFollowData));
  };
  if (name != entry.name || method != entry.method || !agrees(size, entry.size) ||
      !agrees(packed_size, entry.packed_size)) {
    in.fail(fmt::format("another local header than that of '{}'", entry.name));
  }
  if (in.position() > limit || entry.packed_size > limit - in.position()) {
    in.fail(fmt::format("'{}' of {} bytes", entry.name, entry.packed_size),
            fmt::format("entries that end before byte {}", limit));
  }
  return in.take(entry.packed_size);
}

}  // namespace

ZipArchive::ZipArchive(const FileView& file, ZipPacking allowed) : file_(file) {
  ByteReader in(file_.bytes(), "zip", file_.name());
  const Directory directory = read_end(in);
  in.seek(directory.begin);
  std::vector<Entry> entries;
  for (uint64_t i = 0; i < directory.count; ++i) entries.push_back(read_entry(in, allowed));
  if (in.position() != directory.begin + directory.size) in.fail("a directory of another size");

  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  for (const Entry& entry : entries) {
    const std::string_view bytes = entry_bytes(in, entry, directory.begin);
    ranges.emplace_back(entry.begin, in.position());
    const bool is_new =
        !has(entry.name) &&
        (entry.method == kStored
             ? entries_.emplace(entry.name, bytes).second
             : deflated_.emplace(entry.name, Deflated{bytes, entry.size, entry.checksum}).second);
    if (!is_new) {
      in.fail(fmt::format("two entries named '{}'", entry.name));
    }
  }
  std::sort(ranges.begin(), ranges.end());
  for (size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first < ranges[i - 1].second) {
      in.seek(ranges[i].first);
      in.fail("an entry inside another one");
    }
  }
}

bool ZipArchive::has(std::string_view name) const {
  return entries_.contains(name) || deflated_.contains(name);
}

std::string ZipArchive::contents(std::string_view name, uint64_t max_size) const {
  const auto refused = [&](const std::string& expected, const std::string& got) {
    return DataError(Complaint{.component = "zip",
                               .doing = fmt::format("unpacking '{}'", name),
                               .expected = expected,
                               .got = got,
                               .where = file_.name()});
  };
  const auto stored = entries_.find(name);
  const auto deflated = deflated_.find(name);
  if (stored == entries_.end() && deflated == deflated_.end()) {
    throw refused("an entry of this name", "none");
  }
  const bool is_stored = stored != entries_.end();
  const uint64_t size = is_stored ? stored->second.size() : deflated->second.size;
  constexpr uint64_t kMostAtOnce = 0x7fffffff;
  if (size > std::min(max_size, kMostAtOnce)) {
    throw refused(fmt::format("at most {} bytes", max_size), fmt::format("{}", size));
  }
  if (is_stored) return std::string(stored->second);
  const Deflated& entry = deflated->second;
  if (entry.bytes.size() > kMostAtOnce) throw refused("a smaller entry", "one of 2 GB or more");
  auto bytes = inflated(entry.bytes, size);
  if (!bytes) throw refused(fmt::format("{} bytes", size), "broken packed data");
  if (crc32_of(*bytes) != entry.checksum) throw refused("the stated checksum", "another one");
  return *std::move(bytes);
}

}  // namespace plumbline::formats
