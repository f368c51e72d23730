#include "plumbline/formats/events.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <limits>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::FileSizeLimit;
using support::Scratch;
using testing::HasSubstr;
using testing::MatchesRegex;

class Events : public Scratch {};

template <class T>
T number_at(const std::string& bytes, size_t position) {
  T value;
  std::memcpy(&value, bytes.data() + position, sizeof(T));
  return value;
}

// The payloads of a file's records; fails when a checksum is wrong or a record is not whole.
std::vector<std::string> records(const std::string& path) {
  std::vector<std::string> found;
  const std::string bytes = read_file(path);
  size_t at = 0;
  while (at < bytes.size()) {
    if (at + 12 > bytes.size()) break;
    const auto length = number_at<uint64_t>(bytes, at);
    EXPECT_EQ(number_at<uint32_t>(bytes, at + 8), masked_crc32c(bytes.substr(at, 8)));
    if (at + 16 + length > bytes.size()) break;
    found.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(number_at<uint32_t>(bytes, at + 12 + length), masked_crc32c(found.back()));
    at += 16 + length;
  }
  EXPECT_EQ(at, bytes.size()) << "the last record is cut";
  return found;
}

// The bytes of RFC 3720, appendix B.4, and the check value of the CRC catalogue.
TEST(Crc32c, KnownValues) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);
  std::string ascending;
  for (int i = 0; i < 32; ++i) ascending += static_cast<char>(i);
  EXPECT_EQ(crc32c(ascending), 0x46DD794Eu);
}

TEST(Crc32c, MaskingRotatesAndAdds) {
  const uint32_t crc = 0xE3069283u;
  EXPECT_EQ(masked_crc32c("123456789"), ((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
}

TEST_F(Events, WritesTheDocumentedBytes) {
  EventWriter writer(path("runs/a"));
  writer.scalar("loss", 300, 0.5, 2.0);
  writer.flush();
  EXPECT_THAT(writer.path(), MatchesRegex(".*/runs/a/events\\.out\\.tfevents\\.[0-9]+\\..+"));
  const std::vector<std::string> found = records(writer.path());
  ASSERT_EQ(found.size(), 2u);
  EXPECT_THAT(found[0], HasSubstr(std::string("\x1a\x0d") + "brain.Event:2"));
  const std::string expected(
      "\x09\0\0\0\0\0\0\0\x40"  // wall_time 2.0
      "\x10\xac\x02"            // step 300
      "\x2a\x0d\x0a\x0b"        // summary, value
      "\x0a\x04loss"            // tag
      "\x15\0\0\0\x3f",         // simple_value 0.5f
      27);
  EXPECT_EQ(found[1], expected);
}

TEST_F(Events, LargeStepsAndNonFiniteValuesAreWritten) {
  EventWriter writer(path(""));
  writer.scalar("x", std::numeric_limits<int64_t>::max(), NAN, 1.0);
  const std::string value = records(writer.path()).at(1);
  EXPECT_THAT(value, HasSubstr("\x10\xff\xff\xff\xff\xff\xff\xff\xff\x7f"));
}

TEST_F(Events, WritersInOneFolderUseDifferentFiles) {
  const EventWriter a(path("")), b(path(""));
  EXPECT_NE(a.path(), b.path());
}

TEST_F(Events, AKilledWriterLeavesWholeRecords) {
  const pid_t child = ::fork();
  if (child == 0) {
    EventWriter writer(path(""));
    for (int64_t step = 0;; ++step) writer.scalar("x", step, 1.0, 1.0);
  }
  std::string file;
  for (int tries = 0; tries < 2000 && (file.empty() || fs::file_size(file) < 2000); ++tries) {
    ::usleep(5000);
    for (const auto& entry : fs::directory_iterator(folder_)) file = entry.path();
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_GT(records(file).size(), 10u);
}

TEST_F(Events, AFullDiskEndsTheFileWithAWholeRecord) {
  EventWriter writer(path(""));
  const auto before = fs::file_size(writer.path());
  {
    const FileSizeLimit limit(before + 10);
    EXPECT_THROW(writer.scalar("x", 1, 1.0, 1.0), IoError);
  }
  EXPECT_EQ(fs::file_size(writer.path()), before);
  writer.scalar("x", 2, 1.0, 1.0);
  EXPECT_EQ(records(writer.path()).size(), 2u);
}

}  // namespace
}  // namespace plumbline::formats
