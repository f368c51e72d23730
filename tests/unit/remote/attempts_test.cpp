#include "plumbline/remote/attempts.h"

#include <gmock/gmock.h>

#include <csignal>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"

namespace plumbline::remote {
namespace {

// Waits for the next attempt; returns what is logged.
std::string logged(Attempts& attempts) {
  testing::internal::CaptureStderr();
  EXPECT_TRUE(attempts.wait_for_next("[remote] no reply."));
  return testing::internal::GetCapturedStderr();
}

TEST(Attempts, EndWithTheRetries) {
  Attempts attempts({.count = 2, .first_wait_seconds = 0});
  EXPECT_TRUE(attempts.wait_for_next(""));
  EXPECT_TRUE(attempts.wait_for_next(""));
  EXPECT_FALSE(attempts.wait_for_next(""));
}

TEST(Attempts, Wait) {
  Attempts attempts({.count = 1, .first_wait_seconds = 0.05});
  const Stopwatch watch;
  attempts.wait_for_next("");
  EXPECT_GE(watch.seconds(), 0.05);
}

TEST(Attempts, WaitTwiceAsLongEachTime) {
  Attempts attempts({.count = 3, .first_wait_seconds = 0.01});
  EXPECT_THAT(logged(attempts), testing::HasSubstr("in 0.01 s"));
  EXPECT_THAT(logged(attempts), testing::HasSubstr("in 0.02 s"));
  EXPECT_THAT(logged(attempts), testing::HasSubstr("in 0.04 s"));
}

TEST(Attempts, WaitAsLongAsTheOtherSideAsks) {
  Attempts attempts({.count = 1, .first_wait_seconds = 0});
  const Stopwatch watch;
  attempts.wait_for_next("", 0.05);
  EXPECT_GE(watch.seconds(), 0.05);
}

TEST(Attempts, WaitNoLongerThanTheLimit) {
  Attempts attempts({.count = 1, .first_wait_seconds = 0, .longest_wait_seconds = 0.01});
  const Stopwatch watch;
  attempts.wait_for_next("", 10);
  EXPECT_LT(watch.seconds(), 5);
}

TEST(WaitSeconds, Sleeps) {
  const Stopwatch watch;
  wait_seconds(0.05);
  EXPECT_GE(watch.seconds(), 0.05);
}

TEST(Attempts, SayWhyAndHowOften) {
  Attempts attempts({.count = 2, .first_wait_seconds = 0});
  EXPECT_THAT(logged(attempts),
              testing::HasSubstr("[remote] no reply.\nTrying again in 0 s (1 of 2)."));
}

TEST(Attempts, AreOverWhenASignalComes) {
  watch_signals();
  ::raise(SIGINT);
  Attempts attempts({.count = 1, .first_wait_seconds = 30});
  const Stopwatch watch;
  EXPECT_THROW(attempts.wait_for_next(""), Interrupted);
  EXPECT_LT(watch.seconds(), 10);
  take_interrupt();
}

}  // namespace
}  // namespace plumbline::remote
