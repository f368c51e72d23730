#include "plumbline/base/clock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <regex>
#include <thread>
#include <vector>

namespace plumbline {
namespace {

TEST(Stopwatch, CountsAndRestarts) {
  Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double first = watch.seconds();
  EXPECT_GE(first, 0.02);
  watch.restart();
  EXPECT_LT(watch.seconds(), first);
}

TEST(PeakMemory, CoversWhatWasTouched) {
  const int64_t before = peak_memory_bytes();
  EXPECT_GT(before, 1 << 20);
  const std::vector<char> block(64 << 20, 1);
  EXPECT_GE(peak_memory_bytes(), (64 << 20) + block[0] - 1);
}

TEST(PeakMemory, IsCountedAnewAfterItIsForgotten) {
  if (::access("/proc/self/clear_refs", W_OK) != 0) GTEST_SKIP() << "the system cannot";
  { const std::vector<char> block(256 << 20, 1); }
  const int64_t before = peak_memory_bytes();
  forget_peak_memory();
  EXPECT_LT(peak_memory_bytes(), before - (128 << 20));
}

TEST(DurationText, RoundsToSecondsAndShowsHours) {
  EXPECT_EQ(duration_text(-3), "0:00");
  EXPECT_EQ(duration_text(59.6), "1:00");
  EXPECT_EQ(duration_text(250), "4:10");
  EXPECT_EQ(duration_text(3849.7), "1:04:10");
}

TEST(Timestamp, IsUtcInIsoForm) {
  EXPECT_TRUE(std::regex_match(timestamp(), std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
  EXPECT_GT(unix_seconds(), 1.7e9);
}

}  // namespace
}  // namespace plumbline
