#include "plumbline/tensor/response_rows.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::tensor {
namespace {

TEST(RowsBeforeResponses, AreOneBeforeEachToken) {
  // Rows 0..4: prompt 0 1 2, response 3 4. Rows 5..7: prompt 5 6, response 7.
  const at::Tensor rows =
      rows_before_responses(Spans::from_lengths({5, 3}), Spans::from_lengths({2, 1}));
  EXPECT_TRUE(rows.equal(at::tensor({2, 3, 6}, at::kLong)));
}

TEST(RowsBeforeResponses, RefusesAResponseWithoutPrompt) {
  EXPECT_THROW(rows_before_responses(Spans::from_lengths({2}), Spans::from_lengths({2})),
               InternalError);
  EXPECT_THROW(rows_before_responses(Spans::from_lengths({2}), Spans::from_lengths({1, 1})),
               InternalError);
}

}  // namespace
}  // namespace plumbline::tensor
