// A tiny model for the tests of this folder.
#pragma once

#include <ATen/ATen.h>

#include "plumbline/model/llava.h"

namespace plumbline::checkpoint {

inline config::LlavaConfig tiny_config() {
  config::LlavaConfig c;
  c.text = {.vocab_size = 50,
            .hidden_size = 16,
            .intermediate_size = 24,
            .num_layers = 2,
            .num_heads = 4,
            .num_kv_heads = 2,
            .head_dim = 8,
            .rms_norm_eps = 1e-6,
            .rope_theta = 5000,
            .max_positions = 64,
            .tie_embeddings = false,
            .begin_token = 3,
            .end_token = 4};
  c.vision = {.image_size = 16,
              .patch_size = 8,
              .hidden_size = 12,
              .intermediate_size = 20,
              .num_layers = 2,
              .num_heads = 3,
              .layer_norm_eps = 1e-5};
  c.image_token = 49;
  c.select_layer = -2;
  return c;
}

inline model::Llava tiny_model(int64_t seed, const config::LlavaConfig& config = tiny_config(),
                               at::ScalarType dtype = at::kFloat) {
  return model::Llava::create(config, random_key(seed, "test"), dtype, at::kCPU);
}

// Same names, types, shapes and bits.
inline bool same(const nn::Parameters& a, const nn::Parameters& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, tensor] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second.scalar_type() != tensor.scalar_type()) return false;
    if (!at::equal(found->second, tensor)) return false;
  }
  return true;
}

}  // namespace plumbline::checkpoint
