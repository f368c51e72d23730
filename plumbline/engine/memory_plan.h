// How much memory training will take, before it starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/model/llava.h"

namespace plumbline::engine {

struct TrainingShape {
  int64_t program_bytes = 0;   // of this process without weights and what training holds
  int64_t training_bytes = 0;  // gradients, optimiser, masters: Trainable::state_bytes
  int64_t micro_tokens = 0;    // token rows of a forward pass
  bool recomputes = false;     // activation checkpointing
  bool trains_base = false;    // as opposed to an adapter
  bool trains_tower = false;
  int64_t rank = 0;  // of the adapter
};

struct MemoryLine {
  std::string what;
  int64_t bytes = 0;
};
using MemoryPlan = std::vector<MemoryLine>;

// Program, weights, training state, activations of one pass, and the largest passing results. Peak
// of this process in training; features of images come on top. Estimated from shapes, and from what
// libraries were seen to take; while weights are read their file's pages count, too.
MemoryPlan plan_memory(model::Llava& model, const TrainingShape& shape);
int64_t total(const MemoryPlan& plan);
// A table with the total.
std::string text_of(const MemoryPlan& plan);

// Bytes that one token row leaves for the backward pass in all blocks of the decoder, by its shape.
int64_t activation_bytes_per_row(const config::LlamaConfig& config, int64_t value_bytes,
                                 bool recomputes, int64_t rank);

}  // namespace plumbline::engine
