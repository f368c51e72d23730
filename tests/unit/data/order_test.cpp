#include "plumbline/data/order.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
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

TEST(EpochItems, OneSourceOfWeightOneIsTheOrderOfBefore) {
  const RandomKey key = random_key(3, "order");
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    EXPECT_EQ(epoch_items(key, epoch, {{"a", 0, 50, 1.0}}), epoch_order(key, epoch, 50));
  }
}

std::vector<int64_t> counts(const std::vector<int64_t>& items, size_t n) {
  std::vector<int64_t> result(n);
  for (const int64_t item : items) ++result.at(static_cast<size_t>(item));
  return result;
}

TEST(EpochItems, EverySourceIsSeenAsOftenAsItsWeightSays) {
  const RandomKey key = random_key(3, "order");
  const std::vector<Source> sources = {{"a", 0, 4, 1.0}, {"b", 4, 3, 2.0}, {"c", 7, 2, 1.0}};
  const auto items = epoch_items(key, 0, sources);
  EXPECT_THAT(counts(items, 9), ElementsAre(1, 1, 1, 1, 2, 2, 2, 1, 1));
  EXPECT_EQ(items, epoch_items(key, 0, sources));
  EXPECT_NE(items, epoch_items(key, 1, sources));
  // Mixed: the sources do not follow one after the other.
  EXPECT_FALSE(std::is_partitioned(items.begin(), items.end(), [](int64_t i) { return i < 4; }));
}

TEST(EpochItems, TwoEpochsOfHalfAWeightSeeTheWhole) {
  const RandomKey key = random_key(3, "order");
  for (const std::vector<Source>& sources :
       {std::vector<Source>{{"a", 0, 10, 0.5}},
        std::vector<Source>{{"a", 0, 10, 0.5}, {"b", 10, 2, 1.0}}}) {
    auto items = epoch_items(key, 0, sources);
    const size_t size = items.size();
    EXPECT_EQ(size, sources.size() == 1 ? 5U : 7U);
    const auto second = epoch_items(key, 1, sources);
    items.insert(items.end(), second.begin(), second.end());
    const auto seen = counts(items, 12);
    for (size_t i = 0; i < 10; ++i) EXPECT_EQ(seen[i], 1) << i;
  }
}

TEST(DrawsOf, AreRoundedAndNeverNone) {
  EXPECT_EQ(draws_of({"a", 0, 10, 0.25}), 3);  // 2.5 is rounded away from zero
  EXPECT_EQ(draws_of({"a", 0, 10, 1.5}), 15);
  EXPECT_EQ(draws_of({"a", 0, 10, 0.01}), 1);
  EXPECT_EQ(draws_of({"a", 0, 0, 1.0}), 0);
  EXPECT_TRUE(epoch_items(random_key(3, "order"), 0, {{"a", 0, 0, 1.0}}).empty());
}

TEST(FileItems, KeepTheOrderAndContinueFractions) {
  const std::vector<Source> sources = {{"a", 0, 3, 1.0}, {"b", 3, 4, 0.5}, {"c", 7, 1, 2.0}};
  EXPECT_THAT(file_items(0, sources), ElementsAre(0, 1, 2, 3, 4, 7, 7));
  EXPECT_THAT(file_items(1, sources), ElementsAre(0, 1, 2, 5, 6, 7, 7));
  EXPECT_EQ(file_items(2, sources), file_items(0, sources));
}

TEST(StepsOf, CountItemsOrTokens) {
  const std::vector<int64_t> lengths = {5, 5, 4, 20, 1};
  EXPECT_THAT(steps_of({3, 0, 4, 1, 2}, lengths, 2, 0),
              ElementsAre(ElementsAre(3, 0), ElementsAre(4, 1), ElementsAre(2)));
  EXPECT_THAT(steps_of({3, 0, 4, 1, 2}, lengths, 2, 10),
              ElementsAre(ElementsAre(3), ElementsAre(0, 4), ElementsAre(1, 2)));
  EXPECT_THAT(steps_of({0, 1}, lengths, 2, 10), ElementsAre(ElementsAre(0, 1)));
  EXPECT_TRUE(steps_of({}, lengths, 2, 10).empty());
}

std::vector<int64_t> joined(const std::vector<std::vector<int64_t>>& steps) {
  std::vector<int64_t> items;
  for (const auto& step : steps) items.insert(items.end(), step.begin(), step.end());
  return items;
}

TEST(EpochSteps, ShuffledAndFileCutTheirItems) {
  const RandomKey key = random_key(3, "order");
  const std::vector<Source> sources = {{"a", 0, 7, 1.0}};
  const std::vector<int64_t> lengths(7, 1);
  EXPECT_EQ(epoch_steps(key, 2, sources, lengths, {.batch_size = 3}),
            batches(epoch_order(key, 2, 7), 3));
  EXPECT_THAT(epoch_steps(key, 2, sources, lengths, {.order = Order::File, .batch_size = 4}),
              ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(4, 5, 6)));
}

class LengthGrouped : public testing::TestWithParam<Steps> {};

TEST_P(LengthGrouped, StepsHoldLikeLengthsAndEveryItemOnce) {
  const RandomKey key = random_key(3, "order");
  const std::vector<Source> sources = {{"a", 0, 600, 1.0}};
  std::vector<int64_t> lengths(600);
  for (size_t i = 0; i < 600; ++i) lengths[i] = 1 + static_cast<int64_t>(i * 7919 % 600);
  const auto steps = epoch_steps(key, 0, sources, lengths, GetParam());
  EXPECT_EQ(steps, epoch_steps(key, 0, sources, lengths, GetParam()));
  EXPECT_NE(steps, epoch_steps(key, 1, sources, lengths, GetParam()));
  EXPECT_THAT(counts(joined(steps), 600), testing::Each(1));
  // Lengths of one step lie close together, in falling order; steps follow each other anyhow.
  int64_t spread = 0;
  std::vector<int64_t> firsts;
  for (const auto& step : steps) {
    const auto length = [&](int64_t item) { return lengths[static_cast<size_t>(item)]; };
    for (size_t i = 1; i < step.size(); ++i) EXPECT_GE(length(step[i - 1]), length(step[i]));
    spread += length(step.front()) - length(step.back());
    firsts.push_back(length(step.front()));
  }
  EXPECT_LT(spread / std::ssize(steps), 40);  // about 400 when they are drawn at random
  int64_t num_falls = 0;
  for (size_t i = 1; i < firsts.size(); ++i) num_falls += firsts[i] < firsts[i - 1];
  EXPECT_GT(num_falls, std::ssize(firsts) / 3);
  EXPECT_LT(num_falls, 2 * std::ssize(firsts) / 3);
}

INSTANTIATE_TEST_SUITE_P(Order, LengthGrouped,
                         testing::Values(Steps{Order::LengthGrouped, 4, 0},
                                         Steps{Order::LengthGrouped, 1, 1200}));

TEST(LengthGroupedSteps, AreSortedWithinFiftyStepsOnly) {
  // 50 steps of two, then a 51st: the last two items of the shuffled order stay by themselves.
  const RandomKey key = random_key(3, "order");
  std::vector<int64_t> lengths(102);
  std::iota(lengths.begin(), lengths.end(), 1);
  const auto steps = epoch_steps(key, 0, {{"a", 0, 102, 1.0}}, lengths,
                                 {.order = Order::LengthGrouped, .batch_size = 2});
  auto last = epoch_order(key, 0, 102);
  last.erase(last.begin(), last.end() - 2);
  std::sort(last.begin(), last.end(), std::greater<>());
  EXPECT_THAT(steps, testing::Contains(last));
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
