// The rotary angles of a model at the rows of a batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "plumbline/config/llava_config.h"
#include "plumbline/nn/rotary.h"
#include "plumbline/nn/rotary_frequencies.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::nn {

// What `rotate` needs for a batch: row n turns by the angles in the table's row rows[n].
struct BatchAngles {
  RotaryTable table;
  at::Tensor rows;  // [N] int64
};

// Keeps one table for all batches, as long as the longest sequence so far; a model with room for a
// hundred thousand positions pays only for those it meets. One thread at a time.
class RotaryAngles {
 public:
  RotaryAngles() = default;
  RotaryAngles(const config::LlamaConfig& config, at::Device device);

  // Angles of the rows of sequences whose first row is at position starts[s], or 0 when `starts` is
  // empty. A sequence that dynamic scaling stretches has angles of its own, by its length including
  // what came before: keys already in a cache keep the angles they were given, as in transformers.
  // Deliberate difference: transformers stretches a whole batch by its longest sequence.
  BatchAngles of(const tensor::Spans& spans, const std::vector<int64_t>& starts);

 private:
  BatchAngles stretched(const tensor::Spans& spans, const std::vector<int64_t>& starts) const;

  config::LlamaConfig config_;
  at::Device device_ = at::kCPU;
  RotaryTable table_;
};

}  // namespace plumbline::nn
