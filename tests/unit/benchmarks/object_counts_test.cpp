#include "plumbline/benchmarks/object_counts.h"

#include <gtest/gtest.h>

namespace plumbline::benchmarks {
namespace {

TEST(ObjectCounts, RepeatsCountAsMentionsAndOnceAsFound) {
  const auto counts =
      count_objects({{"puppy", "dog"}, {"dog", "dog"}, {"cat", "cat"}, {"kitten", "cat"}},
                    {"dog", "cup", "bear"});
  EXPECT_EQ(counts.mentions, 4);
  EXPECT_EQ(counts.hallucinated, 2);
  EXPECT_EQ(counts.truth, 3);
  EXPECT_EQ(counts.found, 1);
  EXPECT_EQ(counts.shown, "dog (puppy), dog, not cat, not cat (kitten)");
}

TEST(ObjectCounts, OfNothing) {
  const auto counts = count_objects({}, {});
  EXPECT_EQ(counts.mentions + counts.hallucinated + counts.truth + counts.found, 0);
  EXPECT_EQ(counts.shown, "");
}

}  // namespace
}  // namespace plumbline::benchmarks
