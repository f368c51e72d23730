// The weights that train and their optimiser: what every training stage steps, saves and restores.
#pragma once

#include <map>
#include <string>

#include "plumbline/base/files.h"
#include "plumbline/config/config.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/train/adamw.h"
#include "plumbline/train/metrics.h"

namespace plumbline::train {

// A weight in bfloat16 has a master copy in fp32, which the optimiser steps and which is rounded to
// the weight afterwards: steps much smaller than a weight are not lost.
class Trainable {
 public:
  // Marks the parameters as requiring gradients. `stage` names the run in errors; `lr_factors` as
  // AdamW has them.
  Trainable(std::string stage, nn::Parameters parameters, const config::OptimizerConfig& config,
            const std::map<std::string, double>& lr_factors = {});

  const nn::Parameters& parameters() const { return parameters_; }
  int64_t num_values() const;
  // Of masters, the optimiser's state, the average and gradients: what training holds beside the
  // weights themselves.
  int64_t state_bytes() const;

  void zero_grad();
  // Call it after each backward pass of several: gradients of bfloat16 weights are added up in
  // fp32. `step` does it, too.
  void collect_gradients();
  // Adds up gradients and `figures` over all processes; returns these sums.
  std::vector<double> reduce(parallel::Communicator& processes, const std::vector<double>& figures);
  // Clips the gradients and changes the weights, at the learning rate of step `step` (from 0) of
  // `total`. Returns "grad_norm" and "lr". Throws NumericError when one of `metrics` or the
  // gradient's norm is not finite, naming `examples`; the weights are then as they were.
  Metrics step(int64_t step, int64_t total, const Metrics& metrics,
               const std::string& examples = "");

  // trainable.safetensors, optimizer.safetensors and, with optimizer.ema_decay,
  // average.safetensors. Throws NumericError when a weight is not finite: nobody could go on from
  // it.
  void save(const fs::path& folder) const;
  // Throws IoError, DataError, and CheckpointError when they were saved of other parameters.
  void load(const fs::path& folder);

  // Exchanges the weights with their average, where optimizer.ema_decay asks for one. Called twice
  // it changes nothing.
  void swap_average();

  // The end of training: no more gradients, and the average in place of the weights. Throws
  // NumericError when a weight is not finite, since such a model must not be saved as a result.
  void finish();

 private:
  void round_masters();
  void check_finite_weights() const;

  std::string stage_;
  nn::Parameters parameters_;  // the model's own
  nn::Parameters masters_;     // fp32; the same tensors where those are fp32
  nn::Parameters average_;     // fp32; empty without ema_decay
  config::OptimizerConfig config_;
  AdamW optimizer_;
};

}  // namespace plumbline::train
