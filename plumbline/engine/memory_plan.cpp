#include "plumbline/engine/memory_plan.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "plumbline/nn/token_logprobs.h"

namespace plumbline::engine {
namespace {

// Measured: what torch and MKL hold on to, what oneDNN compiles and packs for bfloat16 (128
// products, see app/worker.cpp; PPO, whose batches vary most), and 15 % that the allocator cannot
// use.
constexpr int64_t kLibraryBytes = int64_t{48} << 20, kCompiledBytes = int64_t{420} << 20;

// Of one block: what enters it, what its two norms give, queries, keys and values before and after
// they are rotated, what attention gives, the row between its halves, gate, up and their product.
int64_t block_values(const config::LlamaConfig& c) {
  const int64_t q = c.num_heads * c.head_dim, kv = c.num_kv_heads * c.head_dim;
  return 4 * c.hidden_size + 3 * q + 3 * kv + 3 * c.intermediate_size;
}

int64_t tower_bytes_per_image(const config::LlavaConfig& c, int64_t value_bytes) {
  // Two norms with what enters them, queries, keys, values and their mix, and the MLP's two halves
  // with what its activation keeps.
  const int64_t per_row = 8 * c.vision.hidden_size + 4 * c.vision.intermediate_size;
  return config::num_tower_blocks(c) * per_row * (c.image_rows() + 1) * value_bytes;
}

}  // namespace

int64_t activation_bytes_per_row(const config::LlamaConfig& config, int64_t value_bytes,
                                 bool recomputes, int64_t rank) {
  // Attention keeps queries, keys, values and their mix in fp32 whatever the dtype.
  const int64_t q = config.num_heads * config.head_dim, kv = config.num_kv_heads * config.head_dim;
  const int64_t wide = value_bytes < 4 ? 4 * (2 * q + 2 * kv) : 0;
  const int64_t block = (block_values(config) + 7 * rank) * value_bytes + wide;
  if (!recomputes) return config.num_layers * block;
  return config.num_layers * config.hidden_size * value_bytes + block;
}

MemoryPlan plan_memory(model::Llava& model, const TrainingShape& shape) {
  const config::LlavaConfig& c = model.config();
  const auto value_bytes = static_cast<int64_t>(at::elementSize(model.dtype()));
  const int64_t weights = model.base_bytes();
  const int64_t rows = shape.micro_tokens;
  const int64_t chunk = std::min(rows, nn::logprob_chunk(c.text.vocab_size));
  MemoryPlan plan;
  plan.push_back({"program and data", shape.program_bytes});
  plan.push_back({"weights", weights});
  plan.push_back({"gradients and optimiser", shape.training_bytes});
  plan.push_back(
      {fmt::format("activations of {} rows", rows),
       rows * activation_bytes_per_row(c.text, value_bytes, shape.recomputes, shape.rank)});
  // The backward pass of a block holds gradients of its widest results. Where the head trains, its
  // gradient is formed in fp32 with the loss, and scaled when its turn comes.
  plan.push_back({"passing results",
                  rows * (3 * c.text.intermediate_size + 4 * c.text.hidden_size) * value_bytes +
                      chunk * c.text.vocab_size * (4 + value_bytes) +
                      (shape.trains_base ? 2 * 4 * c.text.vocab_size * c.text.hidden_size : 0)});
  if (shape.trains_tower && c.takes_images()) {
    const int64_t images = std::max<int64_t>(1, rows / std::max<int64_t>(1, c.image_rows()));
    plan.push_back({"activations of the tower", images * tower_bytes_per_image(c, value_bytes)});
  }
  const bool is_compiled = model.device().is_cpu() && model.dtype() == at::kBFloat16;
  plan.push_back({"allocator and libraries", kLibraryBytes + (is_compiled ? kCompiledBytes : 0) +
                                                 (total(plan) - weights) * 15 / 100});
  return plan;
}

int64_t total(const MemoryPlan& plan) {
  return std::accumulate(plan.begin(), plan.end(), int64_t{0},
                         [](int64_t sum, const MemoryLine& line) { return sum + line.bytes; });
}

std::string text_of(const MemoryPlan& plan) {
  const auto line = [](const std::string& what, int64_t bytes) {
    return fmt::format("  {:<32} {:>9.1f} MiB\n", what, static_cast<double>(bytes) / (1 << 20));
  };
  std::string text = "memory planned for this process:\n";
  for (const MemoryLine& part : plan) text += line(part.what, part.bytes);
  const std::string last = line("total", total(plan));
  return text + last.substr(0, last.size() - 1);
}

}  // namespace plumbline::engine
