// Shapes and constants of the models. Torch-free, so that tier A can read and print them.
#pragma once

#include <cstdint>
#include <string>

namespace plumbline::config {

// The published families of decoders. They share one arithmetic; the family says how a config.json
// spells it.
enum class TextFamily { Llama, Mistral, Qwen2 };

// How rotary angles are stretched past the lengths of a model's first training.
enum class RopeKind { Default, Linear, Dynamic, Llama3, Yarn };

// Field meanings follow the rope_parameters of transformers.
struct RopeScaling {
  RopeKind kind = RopeKind::Default;
  double factor = 1;                   // of every kind but Default, above 0
  int64_t original_max_positions = 0;  // of the first training: Llama3 and Yarn
  double low_freq_factor = 1;          // Llama3
  double high_freq_factor = 4;         // Llama3, above low_freq_factor
  double beta_fast = 32;               // Yarn, rotations within the original positions
  double beta_slow = 1;                // Yarn
  bool truncate = true;                // Yarn: the ramp begins and ends at whole elements
  double attention_factor = 1;         // Yarn: multiplies cosines and sines
  friend bool operator==(const RopeScaling&, const RopeScaling&) = default;
};

// A decoder of the LLaMA kind. Field meanings follow Hugging Face's LlamaConfig.
struct LlamaConfig {
  TextFamily family = TextFamily::Llama;
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;  // divides num_heads
  int64_t head_dim = 0;      // even; num_heads * head_dim may differ from hidden_size
  double rms_norm_eps = 1e-5;
  double rope_theta = 10000;
  RopeScaling rope_scaling = {};
  int64_t max_positions = 2048;  // max_position_embeddings; see longest_sequence
  int64_t sliding_window = 0;    // newest rows that a row sees, itself among them; 0: all
  bool qkv_bias = false;         // of q_proj, k_proj and v_proj
  bool o_bias = false;
  bool mlp_bias = false;
  bool tie_embeddings = false;
  int64_t begin_token = 1;
  int64_t end_token = 2;
  friend bool operator==(const LlamaConfig&, const LlamaConfig&) = default;
};

// CLIP: class token, patch kernel without bias, norm before the first block.
// SigLIP: patches only, patch kernel with bias, no norm before the first block.
enum class TowerKind { Clip, Siglip };

// x * sigmoid(1.702 x), the exact (erf) GELU, and its approximation with tanh.
enum class Activation { QuickGelu, Gelu, TanhGelu };

// A vision transformer with learned positions and pre-norm blocks.
struct VisionConfig {
  TowerKind kind = TowerKind::Clip;
  int64_t image_size = 0;  // pixels, square
  int64_t patch_size = 0;  // divides CLIP's image_size; SigLIP leaves out what remains at the right
                           // and at the bottom
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;  // divides hidden_size
  double layer_norm_eps = 1e-5;
  Activation activation = Activation::QuickGelu;
  // Patches per image.
  int64_t num_patches() const {
    return patch_size == 0 ? 0 : (image_size / patch_size) * (image_size / patch_size);
  }
  // Rows of the tower: the patches, behind CLIP's class token.
  int64_t num_rows() const { return num_patches() + (kind == TowerKind::Clip ? 1 : 0); }
  friend bool operator==(const VisionConfig&, const VisionConfig&) = default;
};

enum class ProjectorKind {
  Linear,    // of the first LLaVA
  TwoLayers  // with the exact GELU between them
};

// Values of `image_token` that are no id of the vocabulary.
constexpr int64_t kNoImageToken = -1;  // a language model alone
// The original LLaVA's placeholder, which stands among the ids but is no token.
constexpr int64_t kSplicedImageToken = -200;

// A LLaVA: vision tower, projector, language model; or a language model alone, where image_token is
// kNoImageToken, `vision` keeps its defaults and no other field means anything.
struct LlavaConfig {
  LlamaConfig text;
  VisionConfig vision;
  ProjectorKind projector = ProjectorKind::TwoLayers;
  bool projector_bias = true;
  int64_t image_token = 0;     // id of the placeholder that each image row replaces
  int64_t select_layer = -2;   // which tower state is used: -1 the last block's output, -2 the one
                               // before, ...; a value >= 0 counts from the patch embedding (0)
  bool skip_first_row = true;  // vision_feature_select_strategy "default": the tower's first row,
                               // CLIP's class token, is left out. False is "full".
  bool takes_images() const { return image_token != kNoImageToken; }
  // Rows of an image in the language model: the I of shape comments. 0 without images.
  int64_t image_rows() const {
    return takes_images() ? vision.num_rows() - (skip_first_row ? 1 : 0) : 0;
  }
  friend bool operator==(const LlavaConfig&, const LlavaConfig&) = default;
};

// What is wrong with the config, naming field and both numbers; empty when it is consistent.
std::string problem(const LlavaConfig& config);

// How many of the tower's blocks must run to reach `select_layer`.
int64_t num_tower_blocks(const LlavaConfig& config);

// How many rows a sequence may have: max_positions, or more where scaled angles reach further.
int64_t longest_sequence(const LlamaConfig& config);

}  // namespace plumbline::config
