#include "plumbline/image/resize_loops.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::image {
namespace {

// Weights around those of filters, so that sums leave 0..255 on both sides.
TEST(BlendRows, EveryVariantIsThePlainLoop) {
  Random random(random_key(1, "resize_loops_test"));
  for (const size_t size : {1, 7, 8, 9, 47, 48, 49, 150}) {
    for (const int count : {1, 2, 5}) {
      const size_t stride = size + 3;
      std::vector<uint8_t> rows(stride * static_cast<size_t>(count));
      for (auto& v : rows) v = static_cast<uint8_t>(random.below(256));
      std::vector<int32_t> weights;
      for (int k = 0; k < count; ++k) {
        weights.push_back(static_cast<int32_t>(random.below(3 << 20)) - (1 << 20));
      }
      std::vector<uint8_t> expected(size);
      for (size_t i = 0; i < size; ++i) {
        int64_t sum = int64_t{1} << (kFractionBits - 1);
        for (size_t k = 0; k < weights.size(); ++k) {
          sum += int64_t{rows[k * stride + i]} * weights[k];
        }
        expected[i] = static_cast<uint8_t>(std::clamp<int64_t>(sum >> kFractionBits, 0, 255));
      }
      for (int variant = 0; variant < num_blend_rows(); ++variant) {
        std::vector<uint8_t> out(size + 1, 77);  // the last byte is not the loop's
        blend_rows(variant)(rows.data(), stride, weights.data(), count, size, out.data());
        EXPECT_EQ(out.back(), 77);
        out.pop_back();
        EXPECT_EQ(out, expected) << variant << ": " << size << " x " << count;
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::image
