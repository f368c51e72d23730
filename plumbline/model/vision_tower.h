// The image encoders of CLIP and SigLIP. Internal to model.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "plumbline/config/llava_config.h"

namespace plumbline::model {

// Weight and bias of a linear layer or a layer norm.
struct Affine {
  at::Tensor weight, bias;
};

struct TowerBlock {
  Affine norm1, q, k, v, out, norm2, fc1, fc2;
};

struct VisionTower {
  at::Tensor class_embedding;     // [Dv], CLIP only
  Affine patch;                   // [Dv, 3, P, P], Hugging Face's convolution; bias SigLIP only
  at::Tensor position_embedding;  // [T, Dv]
  Affine pre_norm;                // CLIP only
  Affine post_norm;               // belongs to the pooled output, which LLaVA does not use
  std::vector<TowerBlock> blocks;
};

// pixels [B, 3, H, W] -> state after `num_blocks` blocks, [B, T, Dv], T = config.num_rows(), CLIP's
// class token first. 0 is the state that enters the first block. Throws InternalError when the
// picture has another size.
// Source: Radford et al. 2021 (arXiv 2103.00020), Zhai et al. 2023 (arXiv 2303.15343), in the
// arithmetic of Hugging Face's CLIPVisionModel and SiglipVisionModel. Deliberate difference: the
// patch convolution is one matrix product, which is equal.
at::Tensor tower_states(const VisionTower& tower, const config::VisionConfig& config,
                        int64_t num_blocks, const at::Tensor& pixels);

}  // namespace plumbline::model
