#include "plumbline/formats/arrays.h"

#include <gtest/gtest.h>

namespace plumbline::formats {
namespace {

TEST(Arrays, EveryTypeHasASizeAndAName) {
  EXPECT_EQ(dtype_size(Dtype::F64), 8u);
  EXPECT_EQ(dtype_size(Dtype::I64), 8u);
  EXPECT_EQ(dtype_size(Dtype::F32), 4u);
  EXPECT_EQ(dtype_size(Dtype::BF16), 2u);
  EXPECT_EQ(dtype_size(Dtype::Bool), 1u);
  EXPECT_EQ(dtype_name(Dtype::BF16), "BF16");
  EXPECT_EQ(dtype_name(Dtype::Bool), "BOOL");
}

TEST(Arrays, BytesNeededIsTheProductOrNothing) {
  EXPECT_EQ(bytes_needed(Dtype::F32, {}), 4u);
  EXPECT_EQ(bytes_needed(Dtype::I16, {2, 3}), 12u);
  EXPECT_EQ(bytes_needed(Dtype::F64, {5, 0}), 0u);
  EXPECT_EQ(bytes_needed(Dtype::U8, {INT64_MAX}), static_cast<uint64_t>(INT64_MAX));
  EXPECT_EQ(bytes_needed(Dtype::I16, {INT64_MAX}), std::nullopt);
  EXPECT_EQ(bytes_needed(Dtype::U8, {int64_t{1} << 32, int64_t{1} << 32, 0}), std::nullopt);
}

}  // namespace
}  // namespace plumbline::formats
