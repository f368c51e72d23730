#include "plumbline/data/order.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

namespace plumbline::data {
namespace {

using testing::ElementsAre;

TEST(EpochOrder, IsAPermutationThatChangesWithTheEpoch) {
  const RandomKey key = random_key(3, "order");
  auto order = epoch_order(key, 0, 50);
  EXPECT_EQ(order, epoch_order(key, 0, 50));
  EXPECT_NE(order, epoch_order(key, 1, 50));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(DrawnOrder, DependsOnTheNamesAndNotOnTheirPlaces) {
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.push_back("q" + std::to_string(i));
  const RandomKey key = random_key(3, "order");
  const auto names = [&](const std::vector<std::string>& of) {
    std::vector<std::string> result;
    for (const int64_t i : drawn_order(of, key)) result.push_back(of[static_cast<size_t>(i)]);
    return result;
  };
  auto reversed = ids;
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(names(reversed), names(ids));
  EXPECT_NE(names(ids), ids);
  EXPECT_NE(drawn_order(ids, random_key(4, "order")), drawn_order(ids, key));
}

TEST(DrawnItems, ContinueAcrossEpochsWhereverTheyStart) {
  const RandomKey key = random_key(3, "order");
  auto all = epoch_order(key, 0, 5);
  const auto second = epoch_order(key, 1, 5);
  all.insert(all.end(), second.begin(), second.end());
  EXPECT_EQ(drawn_items(key, 0, 10, 5), all);
  EXPECT_EQ(drawn_items(key, 3, 4, 5), std::vector<int64_t>(all.begin() + 3, all.begin() + 7));
  EXPECT_EQ(drawn_items(key, 7, 3, 5), std::vector<int64_t>(all.begin() + 7, all.end()));
}

TEST(Batches, LastMayBeSmaller) {
  EXPECT_THAT(batches({4, 2, 9, 7, 1}, 2),
              ElementsAre(ElementsAre(4, 2), ElementsAre(9, 7), ElementsAre(1)));
  EXPECT_TRUE(batches({}, 2).empty());
}

TEST(MicroBatches, StayWithinTheBudgetAndKeepTheOrder) {
  EXPECT_THAT(micro_batches({5, 5, 4, 20, 1}, 10),
              ElementsAre(ElementsAre(0, 1), ElementsAre(2), ElementsAre(3), ElementsAre(4)));
  EXPECT_TRUE(micro_batches({}, 10).empty());
}

}  // namespace
}  // namespace plumbline::data
