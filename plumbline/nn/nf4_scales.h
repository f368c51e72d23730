// The scales of an NF4 weight in one piece of memory. Internal to nn. Torch-free.
#pragma once

#include <cstdint>

namespace plumbline::nn {

// Scale b is dynamic_values()[codes[b]] * outer[b / kGroup] + offset, for each kBlock values of the
// flattened weight. In memory: the offset, the outer scales, the codes.
struct Nf4Scales {
  static constexpr int64_t kBlock = 64, kGroup = 256;

  static int64_t num_groups(int64_t count) { return (count + kGroup - 1) / kGroup; }
  static int64_t num_bytes(int64_t count) { return 4 * (1 + num_groups(count)) + count; }

  // `bytes` are num_bytes(count), aligned for floats.
  Nf4Scales(uint8_t* bytes, int64_t count)
      : offset(reinterpret_cast<float*>(bytes)),
        outer(offset + 1),
        codes(bytes + 4 * (1 + num_groups(count))) {}

  float* offset;
  float* outer;
  uint8_t* codes;
};

}  // namespace plumbline::nn
