#include "plumbline/engine/feature_memory.h"

#include <ATen/ATen.h>
#include <unistd.h>

namespace plumbline::engine {

int64_t feature_memory(int64_t asked) {
  if (asked > 0) return asked;
  return static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE) / 4;
}

int64_t feature_bytes(const model::Llava& model) {
  const config::LlavaConfig& config = model.config();
  return config.image_rows() * config.vision.hidden_size *
         static_cast<int64_t>(c10::elementSize(model.dtype()));
}

at::Tensor feature_block(const model::Llava& model, int64_t num_images, at::Device device) {
  const config::LlavaConfig& config = model.config();
  return at::empty({num_images, config.image_rows(), config.vision.hidden_size},
                   at::TensorOptions().dtype(model.dtype()).device(device));
}

}  // namespace plumbline::engine
