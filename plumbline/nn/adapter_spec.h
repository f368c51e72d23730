// What a LoRA adapter looks like. Torch-free.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/config/config.h"

namespace plumbline::nn {

// A low-rank adapter on the named linear layers of every decoder block.
// Source: Hu et al. 2021 (arXiv 2106.09685); rslora: Kalajdzievski 2023 (arXiv 2312.03732).
struct AdapterSpec {
  int64_t rank = 0;
  double alpha = 0;
  double dropout = 0;  // of the adapter's input, in [0, 1); acts only in scopes that carry a key
  // Among q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.
  std::vector<std::string> targets = {};
  bool rslora = false;  // scale by alpha / sqrt(rank) instead of alpha / rank

  // What B A x is multiplied by.
  double scale() const {
    const double r = static_cast<double>(rank);
    return alpha / (rslora ? std::sqrt(r) : r);
  }
  friend bool operator==(const AdapterSpec&, const AdapterSpec&) = default;
};

inline AdapterSpec adapter_spec(const config::LoraConfig& c) {
  return {.rank = c.rank,
          .alpha = c.alpha,
          .dropout = c.dropout,
          .targets = c.targets,
          .rslora = c.rslora};
}

}  // namespace plumbline::nn
