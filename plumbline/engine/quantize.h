// A model's frozen linear layers in fewer bits.
#pragma once

#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/model/llava.h"

namespace plumbline::engine {

// What quantising one weight costs.
struct QuantizedWeight {
  std::string name;
  double error = 0;   // root of the mean squared difference, relative to that of the weight
  int64_t bytes = 0;  // now
  int64_t num_values = 0;
};

// Packs all linear layers of the decoder; embedding, head, norms, projector and tower stay as they
// are. Layers of a GGUF file that are packed already stay so. Nothing for Quantization::None.
// Throws ConfigError on a device that is not the CPU.
std::vector<QuantizedWeight> quantize(model::Llava& model, config::Quantization kind);

}  // namespace plumbline::engine
