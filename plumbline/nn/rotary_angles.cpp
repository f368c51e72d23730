#include "plumbline/nn/rotary_angles.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace plumbline::nn {
namespace {

constexpr int64_t kFirstPositions = 2048;  // of a new table, which then doubles

int64_t start(const std::vector<int64_t>& starts, int64_t s) {
  return starts.empty() ? 0 : starts[static_cast<size_t>(s)];
}

}  // namespace

RotaryAngles::RotaryAngles(const config::LlamaConfig& config, at::Device device)
    : config_(config), device_(device) {}

BatchAngles RotaryAngles::of(const tensor::Spans& spans, const std::vector<int64_t>& starts) {
  int64_t longest = 0;
  for (int64_t s = 0; s < spans.size(); ++s) {
    longest = std::max(longest, start(starts, s) + spans.length(s));
  }
  const bool is_dynamic = config_.rope_scaling.kind == config::RopeKind::Dynamic;
  if (is_dynamic && longest > config_.max_positions) return stretched(spans, starts);
  int64_t held = table_.cos_PK2.defined() ? table_.cos_PK2.size(0) : 0;
  if (!table_.cos_PK2.defined() || held < longest) {
    held = std::max(2 * held, std::min(kFirstPositions, config_.max_positions));
    table_ =
        rotary_table(0, std::max(held, longest), rotary_frequencies(config_, longest), device_);
  }
  return {.table = table_, .rows = row_positions(spans, starts, device_)};
}

BatchAngles RotaryAngles::stretched(const tensor::Spans& spans,
                                    const std::vector<int64_t>& starts) const {
  std::vector<at::Tensor> cos, sin;
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t first = start(starts, s), length = spans.length(s);
    const RotaryTable table =
        rotary_table(first, first + length, rotary_frequencies(config_, first + length), device_);
    cos.push_back(table.cos_PK2);
    sin.push_back(table.sin_PK2);
  }
  return {.table = {.cos_PK2 = at::cat(cos), .sin_PK2 = at::cat(sin)},
          .rows = at::arange(spans.total(), at::device(device_).dtype(at::kLong))};
}

}  // namespace plumbline::nn
