// AdamW with decoupled weight decay, on libtorch's fused kernel.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "plumbline/nn/parameters.h"

namespace plumbline::train {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0;  // matrices only: norms, biases and other vectors are never decayed
};

// Holds fp32 moments for fp32 leaves. Parameters without a gradient are left alone by a step, and
// their bias correction does not advance. Source: Loshchilov and Hutter 2017 (arXiv 1711.05101).
class AdamW {
 public:
  // `lr_factors`: what the learning rate of a parameter is multiplied by; 1 where it is not named.
  AdamW(const nn::Parameters& parameters, AdamWOptions options,
        const std::map<std::string, double>& lr_factors = {});

  void zero_grad();
  // Scales all gradients so that their global 2-norm is at most `max_norm` (0: no limit); returns
  // the norm before that. A non-finite norm leaves the gradients as they are.
  double clip_gradients(double max_norm);
  void step(double lr);

  // Moments and step counts as tensors by name, for a checkpoint.
  nn::Parameters state() const;
  // Takes over such a state. Throws CheckpointError when names or shapes differ.
  void load_state(const nn::Parameters& state);

 private:
  struct Slot {
    std::string name;
    at::Tensor parameter;
    at::Tensor mean;    // first moment
    at::Tensor square;  // second moment
    at::Tensor steps;   // [] float32, as the fused kernel wants it
    bool is_decayed = true;
    double lr_factor = 1;
  };
  std::vector<Slot> slots_;
  AdamWOptions options_;
};

}  // namespace plumbline::train
