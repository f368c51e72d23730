#include "plumbline/tensor/spans.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::tensor {
namespace {

TEST(Spans, TileTheRows) {
  const Spans spans = Spans::from_lengths({3, 0, 2});
  EXPECT_EQ(spans.size(), 3);
  EXPECT_EQ(spans.total(), 5);
  EXPECT_EQ(spans.offsets(), (std::vector<int64_t>{0, 3, 3, 5}));
  EXPECT_EQ(spans.begin(2), 3);
  EXPECT_EQ(spans.end(2), 5);
  EXPECT_EQ(spans.length(1), 0);
  EXPECT_EQ(spans.max_length(), 3);
  EXPECT_EQ(spans.lengths(), (std::vector<int64_t>{3, 0, 2}));
}

TEST(Spans, EmptyHasNoRows) {
  const Spans spans;
  EXPECT_EQ(spans.size(), 0);
  EXPECT_EQ(spans.total(), 0);
  EXPECT_EQ(spans.max_length(), 0);
}

TEST(Spans, SliceStartsAtZero) {
  const Spans spans = Spans::from_lengths({3, 1, 2, 4});
  EXPECT_EQ(spans.slice(1, 2), Spans::from_lengths({1, 2}));
  EXPECT_EQ(spans.slice(4, 0), Spans());
  EXPECT_THROW(spans.slice(3, 2), InternalError);
  EXPECT_THROW(Spans::from_lengths({1, -1}), InternalError);
}

}  // namespace
}  // namespace plumbline::tensor
