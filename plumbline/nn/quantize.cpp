#include "plumbline/nn/quantize.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/nn/nf4_scales.h"

namespace plumbline::nn {
namespace {

// Where neighbours of an ascending table meet: the number of these below a value is the index of
// the nearest entry, of two equally near ones the smaller.
template <size_t N>
std::array<float, N - 1> midpoints(const std::array<float, N>& table) {
  std::array<float, N - 1> result{};
  for (size_t i = 0; i + 1 < N; ++i) result[i] = (table[i] + table[i + 1]) / 2;
  return result;
}

template <size_t N>
uint8_t nearest(const std::array<float, N>& between, float value) {
  return static_cast<uint8_t>(std::lower_bound(between.begin(), between.end(), value) -
                              between.begin());
}

float largest_magnitude(const float* values, int64_t count) {
  float largest = 0;
  for (int64_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(values[i]));
  return largest;
}

// Not divided by the scale: the last bit would be another one.
float reciprocal(float scale) { return 1.0F / std::max(scale, 1e-38F); }

// Scales [n] fp32 as an Nf4Scales.
at::Tensor pack_scales(const at::Tensor& scales) {
  const int64_t count = scales.numel(), groups = Nf4Scales::num_groups(count);
  at::Tensor packed = at::zeros({Nf4Scales::num_bytes(count)}, at::kByte);
  const Nf4Scales out(packed.data_ptr<uint8_t>(), count);
  const at::Tensor offset = scales.mean();
  *out.offset = offset.item<float>();
  const at::Tensor centred = (scales - offset).contiguous();
  const float* values = centred.const_data_ptr<float>();
  static const auto between = midpoints(dynamic_values());
  for (int64_t g = 0; g < groups; ++g) {
    const int64_t first = g * Nf4Scales::kGroup;
    const int64_t last = std::min(count, first + Nf4Scales::kGroup);
    out.outer[g] = largest_magnitude(values + first, last - first);
    const float factor = reciprocal(out.outer[g]);
    for (int64_t i = first; i < last; ++i) out.codes[i] = nearest(between, values[i] * factor);
  }
  return packed;
}

// fp32 on the CPU, contiguous.
at::Tensor plain(const at::Tensor& weight) {
  PLUMBLINE_CHECK(weight.dim() == 2 && weight.size(1) % 2 == 0, "[out, in] with in even");
  return weight.detach().to(at::kCPU, at::kFloat).contiguous();
}

}  // namespace

PackedWeight pack_nf4(const at::Tensor& weight) {
  const at::Tensor values = plain(weight);
  const float* from = values.const_data_ptr<float>();
  const int64_t count = values.numel();
  const int64_t blocks = (count + Nf4Scales::kBlock - 1) / Nf4Scales::kBlock;
  at::Tensor codes = at::zeros({values.size(0), values.size(1) / 2}, at::kByte);
  at::Tensor scales = at::empty({blocks}, at::kFloat);
  auto* to = codes.data_ptr<uint8_t>();
  auto* scale = scales.data_ptr<float>();
  static const auto between = midpoints(nf4_values());
  at::parallel_for(0, blocks, 256, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t first = b * Nf4Scales::kBlock;
      const int64_t last = std::min(count, first + Nf4Scales::kBlock);
      scale[b] = largest_magnitude(from + first, last - first);
      const float factor = reciprocal(scale[b]);
      for (int64_t i = first; i < last; i += 2) {  // the first code is the high half
        const int high = nearest(between, from[i] * factor);
        const int low = nearest(between, from[i + 1] * factor);
        to[i / 2] = static_cast<uint8_t>(high << 4 | low);
      }
    }
  });
  return {.codes = codes, .scales = pack_scales(scales)};
}

PackedWeight pack_int8(const at::Tensor& weight) {
  const at::Tensor values = plain(weight);
  const at::Tensor scales = values.abs().amax(1);
  // Not a division: the last bit would be another one.
  const at::Tensor factors =
      at::where(scales == 0, at::zeros_like(scales), scales.reciprocal() * 127);
  // Whole numbers from -127 to 127 as they lie in memory.
  const at::Tensor codes = (values * factors.unsqueeze(1)).round().to(at::kChar);
  return {.codes = codes.view(at::kByte), .scales = scales};
}

const std::array<float, 16>& nf4_values() {
  static const std::array<float, 16> values = {
      -1.0F,         -0.6961928F, -0.52507305F, -0.3949175F, -0.28444138F, -0.18477343F,
      -0.091050036F, 0.0F,        0.0795803F,   0.1609302F,  0.2461123F,   0.33791524F,
      0.44070983F,   0.562617F,   0.72295684F,  1.0F};
  return values;
}

const std::array<float, 256>& dynamic_values() {
  static const std::array<float, 256> values = [] {
    std::array<float, 256> table{};
    size_t count = 0;
    for (int64_t decade = 0; decade < 7; ++decade) {
      // In fp32 from the first, as bitsandbytes makes it: the last bits count.
      const int64_t parts = int64_t{1} << decade;
      const at::Tensor ends = at::linspace(0.1, 1, parts + 1, at::kFloat);
      const at::Tensor middles = (ends.narrow(0, 0, parts) + ends.narrow(0, 1, parts)) / 2 *
                                 std::pow(10.0, static_cast<double>(decade - 6));
      for (int64_t i = 0; i < parts; ++i) {
        table[count++] = middles[i].item<float>();
        table[count++] = -middles[i].item<float>();
      }
    }
    table[count++] = 0;
    table[count++] = 1;
    std::sort(table.begin(), table.end());
    return table;
  }();
  return values;
}

}  // namespace plumbline::nn
