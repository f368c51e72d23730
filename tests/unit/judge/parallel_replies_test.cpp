#include "plumbline/judge/parallel_replies.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <thread>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "tests/support/scratch.h"

namespace plumbline::judge {
namespace {

using support::error_text;
using Taken = std::map<size_t, std::string>;

api::JudgeReply echo(size_t i) { return {std::to_string(i)}; }

DataError about(size_t i) {
  return DataError(Complaint{.component = "test", .doing = "asking " + std::to_string(i)});
}

void nap(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

TEST(ParallelReplies, TakesEachOnce) {
  for (const int parallel : {0, 1, 3, 100}) {
    Taken taken;
    parallel_replies(20, parallel, echo, [&](size_t i, const api::JudgeReply& reply) {
      EXPECT_TRUE(taken.emplace(i, reply.text).second);
    });
    ASSERT_EQ(taken.size(), 20U);
    for (const auto& [i, text] : taken) EXPECT_EQ(text, std::to_string(i));
  }
}

TEST(ParallelReplies, OfNothingIsNothing) {
  parallel_replies(0, 4, echo, [](size_t, const api::JudgeReply&) { FAIL(); });
}

TEST(ParallelReplies, OneAtATimeKeepsTheOrder) {
  std::vector<size_t> order;
  parallel_replies(50, 1, echo, [&](size_t i, const api::JudgeReply&) { order.push_back(i); });
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(ParallelReplies, AreAtMostSoManyAtATime) {
  std::atomic<int> now = 0, most = 0;
  parallel_replies(
      12, 3,
      [&](size_t i) {
        int seen = ++now;
        for (int before = most; before < seen && !most.compare_exchange_weak(before, seen);) {
        }
        nap(10);
        --now;
        return echo(i);
      },
      [](size_t, const api::JudgeReply&) {});
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 2);
}

TEST(ParallelReplies, TakesEachWhileOthersAreUnderWay) {
  std::atomic<bool> is_taken = false;
  parallel_replies(
      2, 2,
      [&](size_t i) {
        for (int n = 0; i == 0 && n < 1000 && !is_taken; ++n) nap(10);
        return echo(i);
      },
      [&](size_t i, const api::JudgeReply&) {
        EXPECT_EQ(i, is_taken ? 0U : 1U);
        is_taken = true;
      });
}

TEST(ParallelReplies, ABadReplyDoesNotStopTheOthers) {
  for (const int parallel : {1, 4}) {
    Taken taken;
    const auto text = error_text<DataError>([&] {
      parallel_replies(
          10, parallel,
          [](size_t i) {
            if (i == 3 || i == 6) throw about(i);
            return echo(i);
          },
          [&](size_t i, const api::JudgeReply& reply) { taken[i] = reply.text; });
    });
    EXPECT_EQ(taken.size(), 8U);
    EXPECT_THAT(text, testing::HasSubstr("asking 3"));
  }
}

TEST(ParallelReplies, AnyOtherErrorDoes) {
  Taken taken;
  int num_asked = 0;
  const auto ask = [&](size_t i) {
    ++num_asked;
    if (i == 1) throw about(i);
    if (i == 4) throw IoError(Complaint{.component = "test", .doing = "reaching it"});
    return echo(i);
  };
  const auto take = [&](size_t i, const api::JudgeReply& reply) { taken[i] = reply.text; };
  EXPECT_THROW(parallel_replies(100, 1, ask, take), IoError);
  EXPECT_EQ(taken, (Taken{{0, "0"}, {2, "2"}, {3, "3"}}));
  EXPECT_EQ(num_asked, 5);
}

TEST(ParallelReplies, WhatIsUnderWayIsTakenAfterAnError) {
  Taken taken;
  const auto ask = [&](size_t i) {
    if (i == 0) throw IoError(Complaint{.component = "test", .doing = "reaching it"});
    nap(100);
    return echo(i);
  };
  const auto take = [&](size_t i, const api::JudgeReply& reply) { taken[i] = reply.text; };
  EXPECT_THROW(parallel_replies(2, 2, ask, take), IoError);
  // The second one may not have been begun before the error came.
  for (const auto& [i, text] : taken) EXPECT_EQ(i, 1U) << text;
}

TEST(ParallelReplies, TakingMayFail) {
  std::atomic<int> num_asked = 0;
  const auto ask = [&](size_t i) {
    ++num_asked;
    nap(10);
    return echo(i);
  };
  const auto take = [](size_t, const api::JudgeReply&) {
    throw IoError(Complaint{.component = "test", .doing = "saving"});
  };
  EXPECT_THROW(parallel_replies(1000, 2, ask, take), IoError);
  EXPECT_LT(num_asked, 500);
}

TEST(ParallelReplies, ASignalLetsThoseUnderWayArrive) {
  watch_signals();
  Taken taken;
  const auto ask = [&](size_t i) {
    if (i == 1) std::raise(SIGINT);
    nap(150);
    return echo(i);
  };
  const auto take = [&](size_t i, const api::JudgeReply& reply) { taken[i] = reply.text; };
  EXPECT_THROW(parallel_replies(1000, 2, ask, take), Interrupted);
  EXPECT_TRUE(taken.contains(0));
  EXPECT_TRUE(taken.contains(1));
  EXPECT_LE(taken.size(), 4U);
  EXPECT_EQ(take_interrupt(), SIGINT);
}

}  // namespace
}  // namespace plumbline::judge
