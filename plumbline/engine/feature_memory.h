// How much memory the features of images may take.
#pragma once

#include <unistd.h>

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "plumbline/model/llava.h"

namespace plumbline::engine {

// `asked` bytes, or a quarter of this machine's memory for 0.
inline int64_t feature_memory(int64_t asked) {
  if (asked > 0) return asked;
  return static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE) / 4;
}

// What the tower sees in one image, [I, Dv] of the model's dtype.
inline int64_t feature_bytes(const model::Llava& model) {
  const config::LlavaConfig& config = model.config();
  return config.image_rows() * config.vision.hidden_size *
         static_cast<int64_t>(c10::elementSize(model.dtype()));
}

}  // namespace plumbline::engine
