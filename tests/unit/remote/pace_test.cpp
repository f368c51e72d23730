#include "plumbline/remote/pace.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"

namespace plumbline::remote {
namespace {

TEST(Pace, LetsTheFirstOnePass) {
  Pace pace(1);
  const Stopwatch watch;
  pace.wait();
  EXPECT_LT(watch.seconds(), 5);
}

TEST(Pace, SpreadsTheOthers) {
  Pace pace(1200);
  const Stopwatch watch;
  for (int i = 0; i < 4; ++i) pace.wait();
  EXPECT_GE(watch.seconds(), 0.149);
}

TEST(Pace, CountsAllThreads) {
  Pace pace(1200);
  const Stopwatch watch;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { pace.wait(); });
  for (auto& thread : threads) thread.join();
  EXPECT_GE(watch.seconds(), 0.149);
}

TEST(Pace, NeedNotBe) {
  Pace pace(0);
  const Stopwatch watch;
  for (int i = 0; i < 1000; ++i) pace.wait();
  EXPECT_LT(watch.seconds(), 5);
}

TEST(Pace, EndsWithASignal) {
  watch_signals();
  Pace pace(0.001);
  pace.wait();
  std::raise(SIGINT);
  const Stopwatch watch;
  EXPECT_THROW(pace.wait(), Interrupted);
  EXPECT_LT(watch.seconds(), 5);
  EXPECT_EQ(take_interrupt(), SIGINT);
}

}  // namespace
}  // namespace plumbline::remote
