#include "plumbline/formats/events.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::formats {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82F63B78u : 0u);
    table[i] = crc;
  }
  return table;
}

// A number's bytes as they lie in memory: little-endian.
template <class T>
std::string raw(T value) {
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

// Protocol buffer wire format: field number and wire type, then the value.
enum class Wire { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7F) | 0x80);
  return bytes + static_cast<char>(value);
}

std::string field(int number, Wire wire, const std::string& value) {
  return varint(static_cast<uint64_t>(number) << 3 | static_cast<uint64_t>(wire)) + value;
}

std::string bytes_field(int number, const std::string& value) {
  return field(number, Wire::Bytes, varint(value.size()) + value);
}

std::string event(double wall_time, int64_t step, const std::string& what) {
  return field(1, Wire::Fixed64, raw(wall_time)) +
         field(2, Wire::Varint, varint(static_cast<uint64_t>(step))) + what;
}

IoError io_error(const std::string& doing, const std::string& path) {
  return IoError(
      {.component = "events", .doing = doing, .got = std::strerror(errno), .where = path});
}

std::string new_path(const std::string& folder, double now) {
  static std::atomic<int> count = 0;
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') std::strcpy(host, "localhost");
  return (fs::path(folder) / fmt::format("events.out.tfevents.{}.{}.{}.{}",
                                         static_cast<int64_t>(now), host, ::getpid(), count++))
      .string();
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> table = crc_table();
  uint32_t crc = 0xFFFFFFFFu;
  for (const char c : bytes) crc = table[(crc ^ static_cast<uint8_t>(c)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

uint32_t masked_crc32c(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xA282EAD8u;
}

EventWriter::EventWriter(const std::string& folder) {
  make_folders(folder);
  const double now = unix_seconds();
  path_ = new_path(folder, now);
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (fd_ < 0) throw io_error("creating", path_);
  try {
    write_record(event(now, 0, bytes_field(3, "brain.Event:2")));
  } catch (...) {
    ::close(std::exchange(fd_, -1));
    throw;
  }
}

EventWriter::~EventWriter() {
  if (fd_ >= 0) ::close(fd_);
}

void EventWriter::scalar(const std::string& tag, int64_t step, double value, double wall_time) {
  const std::string point =
      bytes_field(1, tag) + field(2, Wire::Fixed32, raw(static_cast<float>(value)));
  write_record(event(wall_time, step, bytes_field(5, bytes_field(1, point))));
}

void EventWriter::flush() {
  if (::fsync(fd_) != 0 && errno != EINVAL) throw io_error("flushing", path_);
}

void EventWriter::write_record(std::string_view bytes) {
  const std::string length = raw(static_cast<uint64_t>(bytes.size()));
  const std::string record =
      length + raw(masked_crc32c(length)) + std::string(bytes) + raw(masked_crc32c(bytes));
  ssize_t n = -1;
  do {
    n = ::write(fd_, record.data(), record.size());
  } while (n < 0 && errno == EINTR);
  if (n != static_cast<ssize_t>(record.size())) {
    if (n >= 0) errno = ENOSPC;
    const IoError error = io_error("writing", path_);
    // Cuts off what reached the file of this record, so that later ones are still readable.
    if (::ftruncate(fd_, size_) != 0) ::close(std::exchange(fd_, -1));
    throw error;
  }
  size_ += n;
}

}  // namespace plumbline::formats
