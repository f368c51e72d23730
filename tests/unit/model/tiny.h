// A model of a few thousand weights, and comparisons.
#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/model/llava.h"
#include "tests/support/compare.h"
#include "tests/support/scratch.h"

namespace plumbline::model {

constexpr double kFloatTolerance = 3e-5;

inline config::LlavaConfig tiny_config() {
  config::LlavaConfig config;
  config.text = {.vocab_size = 40,
                 .hidden_size = 32,
                 .intermediate_size = 48,
                 .num_layers = 2,
                 .num_heads = 4,
                 .num_kv_heads = 2,
                 .head_dim = 16,
                 .max_positions = 96};
  config.vision = {.image_size = 8,
                   .patch_size = 4,
                   .hidden_size = 24,
                   .intermediate_size = 40,
                   .num_layers = 3,
                   .num_heads = 2};
  config.image_token = 39;
  return config;
}

inline at::Tensor random_tensor(std::vector<int64_t> shape, const std::string& name) {
  at::Tensor result = at::empty(shape, at::dtype(at::kFloat));
  Random random(random_key(11, name));
  for (int64_t i = 0; i < result.numel(); ++i) {
    result.data_ptr<float>()[i] = static_cast<float>(random.normal());
  }
  return result;
}

// A tiny model whose weights are large enough for every part to matter.
inline Llava tiny_model(const config::LlavaConfig& config = tiny_config()) {
  Llava model = Llava::create(config, random_key(5, "model"), at::kFloat, at::kCPU);
  for (auto& [name, tensor] : model.parameters()) {
    if (tensor.dim() > 1) tensor.mul_(0.16 / tensor.std());
    if (tensor.dim() == 1) tensor.add_(0.2 * random_tensor(tensor.sizes().vec(), name));
  }
  return model;
}

inline nn::AdapterSpec tiny_spec() {
  return {.rank = 3, .alpha = 6, .targets = {"q_proj", "v_proj", "o_proj", "up_proj", "down_proj"}};
}

// Adds an adapter whose B is not zero.
inline void add_tuned(Llava& model, const std::string& name,
                      const nn::AdapterSpec& spec = tiny_spec()) {
  model.add_adapter(name, spec, random_key(6, name));
  for (auto& [path, tensor] : model.adapter_parameters(name)) {
    if (path.find("lora_B") == std::string::npos) continue;
    tensor.copy_(0.3 * random_tensor(tensor.sizes().vec(), name + path));
  }
}

inline ::testing::AssertionResult is_close(const at::Tensor& a, const at::Tensor& b,
                                           double tolerance = kFloatTolerance) {
  return support::is_close(a, b, tolerance);
}

using support::error_text;

}  // namespace plumbline::model
