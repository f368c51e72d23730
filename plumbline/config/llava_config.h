// Shapes and constants of the models. Torch-free, so that tier A can read and print them.
#pragma once

#include <cstdint>
#include <string>

namespace plumbline::config {

// A LLaMA-family decoder. Field meanings follow Hugging Face's LlamaConfig.
struct LlamaConfig {
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;  // divides num_heads
  int64_t head_dim = 0;      // even; num_heads * head_dim may differ from hidden_size
  double rms_norm_eps = 1e-5;
  double rope_theta = 10000;
  int64_t max_positions = 2048;
  bool tie_embeddings = false;
  int64_t begin_token = 1;
  int64_t end_token = 2;
  friend bool operator==(const LlamaConfig&, const LlamaConfig&) = default;
};

// A CLIP vision transformer: class token, learned positions, pre-norm blocks.
struct VisionConfig {
  int64_t image_size = 0;  // pixels, square
  int64_t patch_size = 0;  // divides image_size
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;  // divides hidden_size
  double layer_norm_eps = 1e-5;
  bool quick_gelu = true;  // x * sigmoid(1.702 x); false means the exact (erf) GELU
  // Patches per image: the I of shape comments.
  int64_t num_patches() const {
    return patch_size == 0 ? 0 : (image_size / patch_size) * (image_size / patch_size);
  }
  friend bool operator==(const VisionConfig&, const VisionConfig&) = default;
};

// A LLaVA: vision tower, two-layer projector with exact GELU, language model.
struct LlavaConfig {
  LlamaConfig text;
  VisionConfig vision;
  int64_t image_token = 0;    // id of the placeholder that each image row replaces
  int64_t select_layer = -2;  // which tower state is used: -1 the last block's output, -2 the one
                              // before, ...; a value >= 0 counts from the patch embedding (0)
  friend bool operator==(const LlavaConfig&, const LlavaConfig&) = default;
};

// What is wrong with the config, naming field and both numbers; empty when it is consistent.
std::string problem(const LlavaConfig& config);

// How many of the tower's blocks must run to reach `select_layer`.
int64_t num_tower_blocks(const LlavaConfig& config);

}  // namespace plumbline::config
