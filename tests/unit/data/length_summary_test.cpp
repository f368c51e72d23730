#include "plumbline/data/length_summary.h"

#include <gtest/gtest.h>

#include <numeric>

namespace plumbline::data {
namespace {

TEST(LengthSummary, OfOneToAHundred) {
  std::vector<int64_t> lengths(100);
  std::iota(lengths.rbegin(), lengths.rend(), 1);
  const auto summary = summarize_lengths(lengths);
  EXPECT_EQ(summary.count, 100);
  EXPECT_EQ(summary.sum, 5050);
  EXPECT_EQ(summary.min, 1);
  EXPECT_EQ(summary.median, 50);
  EXPECT_EQ(summary.p95, 95);
  EXPECT_EQ(summary.max, 100);
  ASSERT_EQ(summary.buckets.size(), 6U);  // 100 / 10 would need an eleventh bucket of ten
  EXPECT_EQ(summary.buckets[0].count, 19);
  EXPECT_EQ(summary.buckets[1].from, 20);
  EXPECT_EQ(summary.buckets[1].to, 40);
  EXPECT_EQ(summary.buckets[1].count, 20);
  EXPECT_EQ(summary.buckets[5].count, 1);
}

TEST(LengthSummary, OfFew) {
  EXPECT_EQ(summarize_lengths({}).count, 0);
  EXPECT_TRUE(summarize_lengths({}).buckets.empty());
  const auto three = summarize_lengths({9, 2, 4});
  EXPECT_EQ(three.median, 4);
  EXPECT_EQ(three.p95, 9);
  EXPECT_EQ(three.buckets.size(), 10U);
  EXPECT_EQ(three.buckets[9].count, 1);
  EXPECT_EQ(summarize_lengths({7}).median, 7);
  EXPECT_EQ(summarize_lengths({0}).buckets.size(), 1U);
}

}  // namespace
}  // namespace plumbline::data
