#include "plumbline/benchmarks/vqa_accuracy.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {
namespace {

TEST(VqaAccuracy, OfTenPeople) {
  EXPECT_DOUBLE_EQ(vqa_accuracy(0, 10), 0);
  EXPECT_DOUBLE_EQ(vqa_accuracy(1, 10), 0.3);
  EXPECT_DOUBLE_EQ(vqa_accuracy(2, 10), 0.6);
  EXPECT_DOUBLE_EQ(vqa_accuracy(3, 10), 0.9);
  for (int matches = 4; matches <= 10; ++matches) EXPECT_EQ(vqa_accuracy(matches, 10), 1);
}

TEST(VqaAccuracy, OfOneNobodyIsLeft) {
  EXPECT_EQ(vqa_accuracy(1, 1), 0);
  EXPECT_DOUBLE_EQ(vqa_accuracy(2, 2), 1.0 / 3);
}

TEST(VqaAccuracy, MoreMatchesNeverHarm) {
  for (int people = 1; people < 20; ++people) {
    for (int matches = 1; matches <= people; ++matches) {
      EXPECT_GE(vqa_accuracy(matches, people) + 1e-15, vqa_accuracy(matches - 1, people));
    }
  }
}

TEST(VqaAccuracy, RefusesMoreMatchesThanPeople) {
  EXPECT_THROW(vqa_accuracy(3, 2), InternalError);
  EXPECT_THROW(vqa_accuracy(0, 0), InternalError);
}

}  // namespace
}  // namespace plumbline::benchmarks
