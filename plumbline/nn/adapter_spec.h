// What a LoRA adapter looks like. Torch-free.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plumbline/config/config.h"

namespace plumbline::nn {

// A low-rank adapter on linear layers of the decoder, and modules trained whole beside it. A layer
// has a path, such as "layers.3.self_attn.q_proj".
// Source: Hu et al. 2021 (arXiv 2106.09685); rslora: Kalajdzievski 2023 (arXiv 2312.03732); dora:
// Liu et al. 2024 (arXiv 2402.09353).
struct AdapterSpec {
  int64_t rank = 0;
  double alpha = 0;
  double dropout = 0;  // of the adapter's input, in [0, 1); acts only in scopes that carry a key
  // Paths, or ends of paths from a dot on: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and
  // down_proj name the layers of every block. Llava::add_adapter also takes regular expressions of
  // whole paths, and puts the paths they match in their place.
  std::vector<std::string> targets = {};
  bool rslora = false;  // scale by alpha / sqrt(rank) instead of alpha / rank
  bool dora = false;    // the rows of the adapted weight have lengths that train by themselves
  // Layers, by path, whose rank or alpha is another one.
  std::map<std::string, int64_t> rank_pattern = {};
  std::map<std::string, double> alpha_pattern = {};
  // Modules that the adapter replaces by its own: embed_tokens, lm_head, multi_modal_projector.
  std::vector<std::string> saved_modules = {};

  bool targets_layer(const std::string& path) const {
    return std::any_of(targets.begin(), targets.end(), [&](const std::string& target) {
      return path == target || path.ends_with("." + target);
    });
  }
  int64_t rank_of(const std::string& path) const {
    const auto found = rank_pattern.find(path);
    return found == rank_pattern.end() ? rank : found->second;
  }
  // What a layer's B A x is multiplied by.
  double scale_of(const std::string& path) const {
    const auto found = alpha_pattern.find(path);
    const double a = found == alpha_pattern.end() ? alpha : found->second;
    const auto r = static_cast<double>(rank_of(path));
    return a / (rslora ? std::sqrt(r) : r);
  }
  friend bool operator==(const AdapterSpec&, const AdapterSpec&) = default;
};

inline AdapterSpec adapter_spec(const config::LoraConfig& c) {
  return {.rank = c.rank,
          .alpha = c.alpha,
          .dropout = c.dropout,
          .targets = c.targets,
          .rslora = c.rslora,
          .dora = c.dora,
          .saved_modules = c.saved_modules};
}

}  // namespace plumbline::nn
