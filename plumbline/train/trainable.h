// The weights that train and their optimiser: what every training stage steps, saves and restores.
#pragma once

#include <string>

#include "plumbline/base/files.h"
#include "plumbline/config/config.h"
#include "plumbline/train/adamw.h"
#include "plumbline/train/metrics.h"

namespace plumbline::train {

class Trainable {
 public:
  // Marks the parameters as requiring gradients. `stage` names the run in errors.
  Trainable(std::string stage, nn::Parameters parameters, const config::OptimizerConfig& config);

  const nn::Parameters& parameters() const { return parameters_; }

  void zero_grad() { optimizer_.zero_grad(); }
  // Clips the gradients and changes the weights, at the learning rate of step `step` (from 0) of
  // `total`. Returns "grad_norm" and "lr". Throws NumericError when one of `metrics` or the
  // gradient's norm is not finite; the weights are then as they were.
  Metrics step(int64_t step, int64_t total, const Metrics& metrics);

  // trainable.safetensors and optimizer.safetensors.
  void save(const fs::path& folder) const;
  // Throws IoError, DataError, and CheckpointError when they were saved of other parameters.
  void load(const fs::path& folder);

  // The end of training: no more gradients. Throws NumericError when a weight is not finite, since
  // such a model must not be saved as a result.
  void finish();

 private:
  std::string stage_;
  nn::Parameters parameters_;
  config::OptimizerConfig config_;
  AdamW optimizer_;
};

}  // namespace plumbline::train
