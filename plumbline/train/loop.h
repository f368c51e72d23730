// The frame around a stage's own training step: run folder, resuming, evaluation, checkpoints,
// metrics, progress, signals; in one process or several.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/clock.h"
#include "plumbline/base/progress.h"
#include "plumbline/parallel/communicator.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/trainable.h"

namespace plumbline::train {

// Which held-out figure tells a better model from a worse one.
struct BestBy {
  std::string figure = "eval/loss";
  bool higher = false;  // whether more of it is better
};

struct LoopOptions {
  std::string stage;
  std::string label;             // of the progress line
  int64_t eval_every = 0;        // steps; 0: at the end only
  bool evaluates_first = false;  // before the first step as well
  BestBy best_by = {};
  int64_t patience = 0;  // evaluations without a better model that end training; 0: no early end
  OpenOptions open = {};
  std::vector<std::string> command = {};
};

// Every process runs the same loop; only the first one writes. Usage:
//   Loop loop(...); loop.begin(total_steps);
//   while (!loop.is_done()) { zero_grad, forward, backward; loop.end_step(...); }
//   loop.finish();
class Loop {
 public:
  // Opens the run folder, in the first process; throws what RunFolder::open throws.
  Loop(LoopOptions options, const config::Loaded& loaded, Trainable& trainable,
       parallel::Communicator& processes);

  // `held_out` is called by all processes and returns figures that are equal in all of them.
  // `best_by` decides which model is the best, which `save_result` then writes into best/ of the
  // run folder.
  void evaluate_with(std::function<Metrics()> held_out);
  // Fills a folder with the trained model, as the stage's result.
  void save_with(std::function<void(const fs::path&)> save_result);

  // What a stage must remember beside its weights, in a checkpoint's state.json: `read` gets what
  // `write` gave.
  void remember_with(std::function<nlohmann::json()> write,
                     std::function<void(const nlohmann::json&)> read);

  // Continues from the newest checkpoint when the run is resumed. Throws Interrupted when a signal
  // came meanwhile.
  void begin(int64_t total_steps);
  int64_t step() const { return step_; }
  bool is_done() const { return step_ >= total_steps_ || has_lost_patience(); }

  // Steps the weights with the gradients that all processes have added up, evaluates, records,
  // saves. `figures` are those of the whole step; `rows` token rows of all processes; `examples`
  // names what was in it, for the error about figures that are not finite. Throws Interrupted after
  // a signal, when a checkpoint is safe.
  void end_step(const Metrics& figures, int64_t rows, const std::string& examples);
  // The same for a stage that has stepped the weights itself, maybe several times.
  void end_iteration(Metrics figures, int64_t rows);
  // For work before the weights of a step change: a signal meanwhile ends the run where the last
  // step did, and so does an error. `work` must not speak with other processes; the signal of one
  // is one to all.
  void interruptible(const std::function<void()>& work);

  // Saves a checkpoint of the steps so far. Called by all processes.
  void save_checkpoint();

  // Where the run writes; nothing in all processes but the first.
  std::optional<fs::path> folder() const;

  // Ends training, writes the result as `name` in the run folder (the best model where patience
  // was asked for, else the last), and notes that the run is complete. `planned_bytes`: memory
  // foretold for this process, to be compared; 0: none.
  void finish(const std::string& name, int64_t planned_bytes = 0);

 private:
  Metrics evaluate();
  // Saves what is done when the evaluation of a step is interrupted, or fails.
  Metrics evaluate_or_save(const Metrics& of_step);
  void record(const Metrics& metrics);
  int signal_of_any(int own);
  void compare_with_best(double value);
  void read_state(const fs::path& checkpoint);
  bool has_lost_patience() const {
    return options_.patience > 0 && evaluations_since_best_ >= options_.patience;
  }

  LoopOptions options_;
  config::RunConfig run_;
  Trainable& trainable_;
  parallel::Communicator& processes_;
  std::optional<RunFolder> folder_;  // of the first process
  std::optional<Progress> progress_;
  std::function<Metrics()> held_out_;
  std::function<void(const fs::path&)> save_result_;
  std::function<nlohmann::json()> write_memory_;
  std::function<void(const nlohmann::json&)> read_memory_;
  int64_t step_ = 0, total_steps_ = 0;
  std::optional<double> best_;  // of the figure best_by
  int64_t evaluations_since_best_ = 0;
  std::optional<Metrics> pending_;  // of the last step, which is not evaluated yet
  Stopwatch watch_;                 // since the last step ended
};

}  // namespace plumbline::train
