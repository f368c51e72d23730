#include "plumbline/train/loop.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"

namespace plumbline::train {
namespace {

constexpr const char* kState = "state.json";
constexpr const char* kBest = "best";
constexpr double kMiB = 1024.0 * 1024, kGiB = 1024 * kMiB;

// "loss 1.234 lr 1.0e-04 |g| 0.52 5210 tokens/s 1.2 GiB"
std::string progress_figures(const Metrics& metrics) {
  std::string text;
  const auto add = [&](const char* name, auto format) {
    const auto found = metrics.find(name);
    if (found == metrics.end()) return;
    text += (text.empty() ? "" : " ") + format(found->second);
  };
  add("loss", [](double v) { return fmt::format("loss {:.3f}", v); });
  add("accuracy", [](double v) { return fmt::format("accuracy {:.2f}", v); });
  add("eval/loss", [](double v) { return fmt::format("eval {:.3f}", v); });
  add("eval/accuracy", [](double v) { return fmt::format("held out {:.3f}", v); });
  add("score/model", [](double v) { return fmt::format("score {:.3f}", v); });
  add("kl/k1", [](double v) { return fmt::format("KL {:.2f}", v); });
  add("response/length", [](double v) { return fmt::format("length {:.1f}", v); });
  add("gold/score", [](double v) { return fmt::format("gold {:.2f}", v); });
  add("lr", [](double v) { return fmt::format("lr {:.1e}", v); });
  add("grad_norm", [](double v) { return fmt::format("|g| {:.2f}", v); });
  add("time/rows_per_second", [](double v) { return fmt::format("{:.0f} tokens/s", v); });
  return text + fmt::format(" {:.1f} GiB", static_cast<double>(peak_memory_bytes()) / kGiB);
}

}  // namespace

Loop::Loop(LoopOptions options, const config::Loaded& loaded, Trainable& trainable,
           parallel::Communicator& processes)
    : options_(std::move(options)),
      run_(loaded.config.run),
      trainable_(trainable),
      processes_(processes) {
  if (processes_.is_first()) {
    folder_.emplace(RunFolder::open(options_.stage, loaded, options_.open, options_.command));
  }
}

void Loop::evaluate_with(std::function<Metrics()> held_out) { held_out_ = std::move(held_out); }
void Loop::save_with(std::function<void(const fs::path&)> save_result) {
  save_result_ = std::move(save_result);
}

void Loop::remember_with(std::function<nlohmann::json()> write,
                         std::function<void(const nlohmann::json&)> read) {
  write_memory_ = std::move(write);
  read_memory_ = std::move(read);
}
std::optional<fs::path> Loop::folder() const {
  return folder_ ? std::optional(folder_->path()) : std::nullopt;
}

void Loop::begin(int64_t total_steps) {
  total_steps_ = total_steps;
  const auto checkpoint = folder_ ? folder_->latest_checkpoint() : std::nullopt;
  step_ = processes_.broadcast(checkpoint ? RunFolder::step_of(*checkpoint) : 0);
  if (step_ > 0) {
    const fs::path path = RunFolder::checkpoint_path(run_.out, step_);
    try {
      trainable_.load(path);
      read_state(path);
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& e) {
      throw CheckpointError(
          Complaint{.component = options_.stage,
                    .doing = "reading the newest checkpoint",
                    .expected = "what a run saves",
                    .got = e.what(),
                    .where = path.string(),
                    .hint = "remove this folder to go on from the checkpoint before it."});
    }
  }
  stop_if_interrupted();
  if (held_out_ && options_.evaluates_first && step_ == 0) {
    const Metrics figures = evaluate();
    if (folder_) folder_->metrics().record(0, figures);
  }
  if (folder_) progress_.emplace(options_.label, total_steps_, step_);
  if (pending_) {  // a step whose evaluation did not come to its end
    Metrics metrics = *pending_;
    metrics.merge(evaluate_or_save(metrics));
    pending_.reset();
    record(metrics);
  }
  watch_.restart();
}

void Loop::read_state(const fs::path& checkpoint) {
  const fs::path file = checkpoint / kState;
  const auto state = parse_json(read_file(file), file.string());
  if (const int64_t step = state.at("step").get<int64_t>(); step != step_) {
    throw CheckpointError(Complaint{.component = options_.stage,
                                    .doing = "reading a checkpoint",
                                    .expected = fmt::format("that of step {}", step_),
                                    .got = fmt::format("one of step {}", step),
                                    .where = file.string()});
  }
  if (const auto best = state.find("best"); best != state.end() && best->is_number()) {
    best_ = best->get<double>();
  }
  evaluations_since_best_ = state.value("evaluations_since_best", int64_t{0});
  if (read_memory_) read_memory_(state.at("memory"));
  if (state.contains("pending")) pending_ = state.at("pending").get<Metrics>();
}

void Loop::end_step(const Metrics& figures, int64_t rows, const std::string& examples) {
  Metrics metrics = trainable_.step(step_, total_steps_, figures, examples);
  metrics.insert(figures.begin(), figures.end());
  end_iteration(std::move(metrics), rows);
}

void Loop::end_iteration(Metrics metrics, int64_t rows) {
  ++step_;
  metrics["time/rows_per_second"] = static_cast<double>(rows) / watch_.seconds();
  const bool is_due = options_.eval_every > 0 && step_ % options_.eval_every == 0;
  if (held_out_ && (is_due || is_done())) metrics.merge(evaluate_or_save(metrics));
  record(metrics);
  const int signal = signal_of_any(received_signal());
  const bool saves = run_.checkpoint_every > 0 && step_ % run_.checkpoint_every == 0;
  if (saves || signal != 0) save_checkpoint();
  if (signal != 0) throw Interrupted(signal);
  watch_.restart();
}

// A signal to one process is one to all of them.
int Loop::signal_of_any(int own) {
  return processes_.size() == 1 ? own : static_cast<int>(processes_.largest(own));
}

void Loop::interruptible(const std::function<void()>& work) {
  int signal = 0;
  try {
    work();
  } catch (const Interrupted&) {
    signal = received_signal();
  } catch (const Error&) {
    // Of several processes the launcher ends the others.
    if (processes_.size() == 1 && step_ > 0) save_checkpoint();
    throw;
  }
  signal = signal_of_any(signal);
  if (signal == 0) return;
  save_checkpoint();
  throw Interrupted(signal);
}

void Loop::record(const Metrics& metrics) {
  if (!folder_) return;
  folder_->metrics().record(step_, metrics);
  progress_->update(step_, progress_figures(metrics));
}

Metrics Loop::evaluate_or_save(const Metrics& of_step) {
  try {
    return evaluate();
  } catch (const Error&) {
    // The step itself is done: it must not be lost, nor counted twice.
    pending_ = of_step;
    if (processes_.size() == 1) save_checkpoint();
    throw;
  }
}

Metrics Loop::evaluate() {
  const at::NoGradGuard no_grad;
  trainable_.swap_average();
  const Metrics figures = held_out_();
  check_finite(options_.stage, step_, figures);
  if (const auto found = figures.find(options_.best_by.figure); found != figures.end()) {
    compare_with_best(found->second);
  }
  trainable_.swap_average();
  return figures;
}

void Loop::compare_with_best(double value) {
  const bool is_better = !best_ || (options_.best_by.higher ? value > *best_ : value < *best_);
  evaluations_since_best_ = is_better ? 0 : evaluations_since_best_ + 1;
  if (!is_better) return;
  best_ = value;
  if (!folder_ || !save_result_) return;
  write_folder(folder_->path() / kBest, [&](const fs::path& best) {
    save_result_(best);
    write_file(best / kState,
               nlohmann::json{{"step", step_}, {options_.best_by.figure, value}}.dump() + "\n");
  });
}

void Loop::save_checkpoint() {
  if (folder_) {
    folder_->save_checkpoint(step_, [&](const fs::path& path) {
      trainable_.save(path);
      nlohmann::json state{{"step", step_}};
      if (best_) state["best"] = *best_;
      state["evaluations_since_best"] = evaluations_since_best_;
      if (write_memory_) state["memory"] = write_memory_();
      if (pending_) state["pending"] = *pending_;
      write_file(path / kState, state.dump() + "\n");
    });
  }
  processes_.barrier();
}

void Loop::finish(const std::string& name, int64_t planned_bytes) {
  trainable_.finish();
  progress_.reset();
  if (folder_) {
    if (has_lost_patience()) {
      log_info("{}: {} has not become better in {} evaluations; stopped after step {}",
               options_.stage, options_.best_by.figure, options_.patience, step_);
    }
    const fs::path best = folder_->path() / kBest, result = folder_->path() / name;
    if (options_.patience > 0 && fs::exists(best)) {
      write_folder(result, [&](const fs::path& path) {
        fs::copy(best, path, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        fs::remove(path / kState);
      });
    } else if (save_result_) {
      write_folder(result, [&](const fs::path& path) { save_result_(path); });
    }
    folder_->finish();
    if (planned_bytes > 0) {
      log_info("{}: peak memory {:.0f} MiB, planned {:.0f} MiB", options_.stage,
               static_cast<double>(peak_memory_bytes()) / kMiB,
               static_cast<double>(planned_bytes) / kMiB);
    }
  }
  processes_.barrier();
}

}  // namespace plumbline::train
