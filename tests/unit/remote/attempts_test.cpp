#include "plumbline/remote/attempts.h"

#include <gmock/gmock.h>

#include <csignal>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"

namespace plumbline::remote {
namespace {

// Seconds that the next wait takes.
double wait_of(Attempts& attempts, double asked_seconds = 0) {
  const Stopwatch watch;
  EXPECT_TRUE(attempts.wait_for_next("no reply", asked_seconds));
  return watch.seconds();
}

TEST(Attempts, EndWithTheRetries) {
  Attempts attempts({.count = 2, .first_wait_seconds = 0});
  EXPECT_TRUE(attempts.wait_for_next(""));
  EXPECT_TRUE(attempts.wait_for_next(""));
  EXPECT_FALSE(attempts.wait_for_next(""));
}

TEST(Attempts, WaitTwiceAsLongEachTime) {
  Attempts attempts({.count = 3, .first_wait_seconds = 0.04});
  EXPECT_THAT(wait_of(attempts), testing::AllOf(testing::Ge(0.04), testing::Lt(0.08)));
  EXPECT_GE(wait_of(attempts), 0.08);
  EXPECT_GE(wait_of(attempts), 0.16);
}

TEST(Attempts, WaitAsLongAsTheOtherSideAsks) {
  Attempts attempts({.count = 1, .first_wait_seconds = 0});
  EXPECT_GE(wait_of(attempts, 0.05), 0.05);
}

TEST(Attempts, WaitNoLongerThanTheLimit) {
  Attempts attempts({.count = 1, .first_wait_seconds = 0, .longest_wait_seconds = 0.01});
  EXPECT_LT(wait_of(attempts, 1e9), 5);
}

TEST(Attempts, SayWhyAndHowOften) {
  Attempts attempts({.count = 2, .first_wait_seconds = 0});
  testing::internal::CaptureStderr();
  attempts.wait_for_next("[remote] no reply.");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
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
