#include "plumbline/formats/strided.h"

#include <gmock/gmock.h>

#include <numeric>

#include "plumbline/base/error.h"

namespace plumbline::formats {
namespace {

// The array's elements when the storage counts up from 0.
template <class T>
std::vector<T> rows(const Strided& layout) {
  std::vector<T> storage(static_cast<size_t>(extent(layout).value()));
  std::iota(storage.begin(), storage.end(), T{0});
  size_t count = 1;
  for (const int64_t n : layout.shape) count *= static_cast<size_t>(n);
  std::vector<T> result(count);
  copy_rows(layout, sizeof(T), reinterpret_cast<const std::byte*>(storage.data()),
            reinterpret_cast<std::byte*>(result.data()));
  return result;
}

TEST(Strided, CopiesInRowMajorOrderAtEveryElementSize) {
  const Strided transposed = {.offset = 1, .shape = {3, 2}, .strides = {1, 3}};
  EXPECT_THAT(rows<int8_t>(transposed), testing::ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(rows<int16_t>(transposed), testing::ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(rows<int32_t>(transposed), testing::ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(rows<int64_t>(transposed), testing::ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(rows<int32_t>({.offset = 0, .shape = {2, 2, 2}, .strides = {1, 8, 4}}),
              testing::ElementsAre(0, 4, 8, 12, 1, 5, 9, 13));
  EXPECT_THAT(rows<int32_t>({.offset = 2, .shape = {2, 3}, .strides = {1, 0}}),
              testing::ElementsAre(2, 2, 2, 3, 3, 3));
  EXPECT_THAT(rows<int32_t>({.offset = 5, .shape = {}, .strides = {}}), testing::ElementsAre(5));
  EXPECT_THAT(rows<int32_t>({.offset = 5, .shape = {2, 0}, .strides = {9, 9}}), testing::IsEmpty());
  EXPECT_THAT(rows<int32_t>({.offset = 1, .shape = {1, 2}, .strides = {INT64_MAX, 2}}),
              testing::ElementsAre(1, 3));
  EXPECT_THROW(copy_rows(transposed, 3, nullptr, nullptr), InternalError);
}

TEST(Strided, ExtentIsOneBehindTheLastElement) {
  EXPECT_EQ(extent({.offset = 0, .shape = {}, .strides = {}}), 1);
  EXPECT_EQ(extent({.offset = 4, .shape = {2, 3}, .strides = {10, 2}}), 4 + 10 + 4 + 1);
  EXPECT_EQ(extent({.offset = 4, .shape = {2, 0}, .strides = {10, 2}}), 0);
}

TEST(Strided, ThereIsNoExtentOfImpossibleLayouts) {
  EXPECT_FALSE(extent({.offset = -1, .shape = {1}, .strides = {1}}));
  EXPECT_FALSE(extent({.offset = 0, .shape = {-1}, .strides = {1}}));
  EXPECT_FALSE(extent({.offset = 0, .shape = {2}, .strides = {-1}}));
  EXPECT_FALSE(extent({.offset = 0, .shape = {2}, .strides = {}}));
  EXPECT_FALSE(extent({.offset = INT64_MAX, .shape = {}, .strides = {}}));
  EXPECT_FALSE(extent({.offset = 1, .shape = {2}, .strides = {INT64_MAX}}));
  EXPECT_FALSE(extent({.offset = 0, .shape = {INT64_MAX, 2}, .strides = {4, 1}}));
}

TEST(Strided, StridesOfSingleElementsDoNotMatter) {
  EXPECT_TRUE(is_contiguous({.offset = 3, .shape = {2, 3}, .strides = {3, 1}}));
  EXPECT_TRUE(is_contiguous({.offset = 3, .shape = {2, 1, 3}, .strides = {3, 77, 1}}));
  EXPECT_TRUE(is_contiguous({.offset = 3, .shape = {}, .strides = {}}));
  EXPECT_TRUE(is_contiguous({.offset = 3, .shape = {0, 3}, .strides = {1, 2}}));
  EXPECT_FALSE(is_contiguous({.offset = 0, .shape = {2, 3}, .strides = {1, 2}}));
  EXPECT_FALSE(is_contiguous({.offset = 0, .shape = {2, 3}, .strides = {4, 1}}));
  EXPECT_FALSE(is_contiguous({.offset = 0, .shape = {2}, .strides = {0}}));
}

}  // namespace
}  // namespace plumbline::formats
