// A picture in memory.
#pragma once

#include <cstdint>
#include <vector>

namespace plumbline::image {

// 8-bit RGB, row-major, no padding between rows: rgb.size() == 3 * width * height.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;
  friend bool operator==(const Image&, const Image&) = default;
};

inline constexpr int64_t kMaxPixels = int64_t{64} << 20;

}  // namespace plumbline::image
