// The decoder of LLaMA, Mistral and Qwen2. Internal to model.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

#include "plumbline/config/llava_config.h"
#include "plumbline/nn/kv_cache.h"
#include "plumbline/nn/linear.h"
#include "plumbline/nn/rotary_angles.h"
#include "plumbline/tensor/prefixes.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::model {

struct DecoderBlock {
  at::Tensor input_norm, post_attention_norm;  // [D]
  nn::Linear q, k, v, o, gate, up, down;
};

struct Decoder {
  at::Tensor embedding;  // [V, D]
  std::vector<DecoderBlock> blocks;
  at::Tensor norm;                    // [D]
  at::Tensor head;                    // [V, D], undefined when tied
  nn::PackedWeight packed_head = {};  // the head's values for logits, where they are kept packed
  nn::RotaryAngles rotary;
  nn::AdapterSelection selection;
  bool recomputes_blocks = false;  // activation checkpointing, where gradients are wanted
};

// The linear layers of a block, with their names below "layers.N.".
struct NamedLinear {
  const char* name;  // "self_attn.q_proj"
  nn::Linear DecoderBlock::*member;
};
const std::vector<NamedLinear>& block_linears();

// rows [N, D] -> hidden rows [N, D] after the final norm.
// Throws DataError when a sequence is longer than the positions the config allows.
// Sequences with a prefix continue it. `after_block`, where given, gets the rows that each block
// hands on, in order. Source: Touvron et al. 2023 (arXiv 2302.13971), in the arithmetic of Hugging
// Face's LlamaModel, MistralModel and Qwen2Model.
at::Tensor decoder_forward(Decoder& decoder, const config::LlamaConfig& config,
                           const at::Tensor& rows, const tensor::Spans& spans,
                           const tensor::Prefixes& prefixes,
                           const std::function<void(const at::Tensor&)>& after_block = {});

// Joined copies of the weights are made for a cache's rows where they take at most this many bytes:
// a copy that adds an adapter in spares work with every token, one that only joins little.
struct JoinedBytes {
  int64_t plain = int64_t{1} << 26;
  int64_t adapted = int64_t{1} << 30;
};

// The same for rows that continue the slots of a cache. Without gradients and dropout.
at::Tensor decoder_forward(Decoder& decoder, const config::LlamaConfig& config,
                           const at::Tensor& rows, const tensor::Spans& spans, nn::KvCache& cache,
                           const std::vector<int64_t>& slots, JoinedBytes most = {});

}  // namespace plumbline::model
