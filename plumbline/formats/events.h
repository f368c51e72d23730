// TensorBoard event files, for scalars.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumbline::formats {

// CRC-32C (Castagnoli), and the form in which event files store it.
uint32_t crc32c(std::string_view bytes);
uint32_t masked_crc32c(std::string_view bytes);

// Appends to a new event file in a folder. Each record reaches the file in one write, so a killed
// process leaves only whole records. One thread at a time.
// Source: TensorFlow's event.proto, summary.proto and record_writer.h.
class EventWriter {
 public:
  // Creates folder and file. Throws IoError.
  explicit EventWriter(const std::string& folder);
  ~EventWriter();
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  // One point of the curve `tag`; `wall_time` in seconds since 1970. Throws IoError, and then the
  // file ends with the last whole record.
  void scalar(const std::string& tag, int64_t step, double value, double wall_time);
  // Waits until everything is on disk. Throws IoError.
  void flush();

  const std::string& path() const { return path_; }

 private:
  void write_record(std::string_view event);

  std::string path_;
  int fd_ = -1;
  int64_t size_ = 0;  // bytes of whole records
};

}  // namespace plumbline::formats
