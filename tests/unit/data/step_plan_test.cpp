#include "plumbline/data/step_plan.h"

#include <gmock/gmock.h>

#include <numeric>
#include <set>

namespace plumbline::data {
namespace {

using ::testing::ElementsAre;

const std::vector<Source> kTen = {{.name = "all", .first = 0, .count = 10, .weight = 1}};
const RandomKey kKey = random_key(1, "order");

std::vector<int64_t> upward(int64_t n) {
  std::vector<int64_t> lengths(static_cast<size_t>(n));
  std::iota(lengths.begin(), lengths.end(), 1);
  return lengths;
}

TEST(StepPlan, EveryItemComesOncePerEpoch) {
  for (const Order order : {Order::Shuffled, Order::LengthGrouped, Order::File}) {
    for (const int64_t budget : {0, 12}) {
      const Steps steps{.order = order, .batch_size = 4, .batch_tokens = budget};
      StepPlan plan(kKey, kTen, upward(10), steps, 3);
      std::multiset<int64_t> seen;
      for (int64_t step = 0; step < plan.total(); ++step) {
        for (const int64_t item : plan.items(step)) seen.insert(item);
      }
      EXPECT_EQ(seen.size(), 30U);
      for (int64_t item = 0; item < 10; ++item) EXPECT_EQ(seen.count(item), 3U) << item;
    }
  }
}

TEST(StepPlan, AStepIsTheSameWhereverOneStarts) {
  const Steps steps{.batch_size = 3, .batch_tokens = 15};
  StepPlan whole(kKey, kTen, upward(10), steps, 3);
  for (int64_t step = 0; step < whole.total(); ++step) {
    StepPlan resumed(kKey, kTen, upward(10), steps, 3);
    EXPECT_EQ(resumed.items(step), whole.items(step)) << step;
  }
}

TEST(StepPlan, FileOrderIsTheFiles) {
  StepPlan plan(kKey, kTen, upward(10), {.order = Order::File, .batch_size = 4}, 2);
  EXPECT_EQ(plan.total(), 6);
  EXPECT_THAT(plan.items(1), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(plan.items(2), ElementsAre(8, 9));
  EXPECT_THAT(plan.items(3), ElementsAre(0, 1, 2, 3));
}

TEST(Shares, HaveEveryIndexOnceAndLikeLengths) {
  const std::vector<int64_t> lengths = {100, 10, 20, 30, 40};
  EXPECT_THAT(share_of(lengths, 0, 2), ElementsAre(0));
  EXPECT_THAT(share_of(lengths, 1, 2), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(share_of(lengths, 0, 1), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(share_of({5}, 1, 4), ElementsAre()) << "more processes than examples";
}

TEST(StepPlan, PortionsOfAllSharesHaveEveryItemOnce) {
  const std::vector<int64_t> lengths = {5, 90, 7, 30, 30, 1, 12, 200};
  std::vector<int64_t> seen;
  for (int64_t share = 0; share < 3; ++share) {
    for (const auto& portion : own_portions(lengths, share, 3, 60)) {
      int64_t rows = 0;
      for (const int64_t place : portion) {
        seen.push_back(place);
        rows += lengths[static_cast<size_t>(place)];
      }
      EXPECT_TRUE(rows <= 60 || portion.size() == 1);
    }
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

}  // namespace
}  // namespace plumbline::data
