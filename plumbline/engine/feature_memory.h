// How much memory the features of images may take.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "plumbline/model/llava.h"

namespace plumbline::engine {

// `asked` bytes, or a quarter of this machine's memory for 0.
int64_t feature_memory(int64_t asked);

// What the tower sees in one image, [I, Dv] of the model's dtype.
int64_t feature_bytes(const model::Llava& model);

// Room for that many, [N, I, Dv], in one piece: held one by one, between tensors that come and go,
// they would keep the gaps between them from being used again (measured: six times their size).
at::Tensor feature_block(const model::Llava& model, int64_t num_images, at::Device device);

}  // namespace plumbline::engine
