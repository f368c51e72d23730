// The reward model: which of two answers is the better one, told by comparisons. With facts it is
// shown what the image really contains; the policy never is.
#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/data/step_plan.h"
#include "plumbline/engine/memory_plan.h"
#include "plumbline/engine/roles.h"
#include "plumbline/recipes/reward_pairs.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/rl/preference.h"
#include "plumbline/tensor/host.h"
#include "plumbline/train/loop.h"

namespace plumbline::recipes {
namespace {

// Some pairs of a step in one forward pass: their places in it.
using Portion = std::vector<int64_t>;

// What this process does of a step, in portions of at most `budget` rows.
std::vector<Portion> portions_of(const std::vector<engine::Branches>& step,
                                 const parallel::Communicator& processes, int64_t budget) {
  std::vector<int64_t> lengths;
  for (const auto& pair : step) lengths.push_back(pair.num_rows());
  return data::own_portions(lengths, processes.rank(), processes.size(), budget);
}

std::vector<const engine::Branches*> some_of(const std::vector<engine::Branches>& step,
                                             const Portion& portion) {
  std::vector<const engine::Branches*> some;
  for (const int64_t place : portion) some.push_back(&step[static_cast<size_t>(place)]);
  return some;
}

// What the pairs of a portion teach; chosen[place] is a pair's index.
rl::PairTargets targets_of(const Pairs& pairs, const std::vector<int64_t>& chosen,
                           const Portion& portion, double margin, at::Device device) {
  std::vector<float> first, weight, margins;
  for (const int64_t place : portion) {
    const auto i = static_cast<size_t>(chosen[static_cast<size_t>(place)]);
    first.push_back(static_cast<float>(pairs.targets[i].first));
    weight.push_back(static_cast<float>(pairs.targets[i].weight));
    margins.push_back(static_cast<float>(pairs.records[i].margin.value_or(margin)));
  }
  return {.first = tensor::to_tensor(first, device),
          .weight = tensor::to_tensor(weight, device),
          .margin = tensor::to_tensor(margins, device)};
}

// Sums over pairs; the figures of a step or of the held-out pairs.
struct Sums {
  double loss = 0, weight = 0, centre = 0;
  rl::PreferenceSums preference;

  // All of them in one order, to be added up over processes.
  std::array<double*, 10> all() {
    auto& p = preference;
    return {&loss,    &weight, &centre,  &p.pairs,         &p.decided,
            &p.right, &p.gap,  &p.score, &p.score_squares, &p.first};
  }
  std::vector<double> list() {
    std::vector<double> values;
    for (const double* value : all()) values.push_back(*value);
    return values;
  }
  static Sums of(const std::vector<double>& list) {
    Sums sums;
    auto next = list.begin();
    for (double* value : sums.all()) *value = *next++;
    return sums;
  }
  void add(const rl::PreferenceSums& more) {
    auto& p = preference;
    p.pairs += more.pairs, p.decided += more.decided, p.right += more.right, p.gap += more.gap;
    p.score += more.score, p.score_squares += more.score_squares, p.first += more.first;
  }
};

// Without the figures of decided pairs where there are none.
train::Metrics figures_of(const Sums& sums, double center_coef) {
  const rl::PreferenceSums& p = sums.preference;
  const double mean = p.score / (2 * p.pairs);
  const double pair_loss = sums.weight > 0 ? sums.loss / sums.weight : 0;
  train::Metrics figures{
      {"loss", pair_loss + center_coef * sums.centre / p.pairs},
      {"mean_score", mean},
      {"score_std", std::sqrt(std::max(0.0, p.score_squares / (2 * p.pairs) - mean * mean))},
      {"first_share", p.first / p.pairs}};
  if (p.decided == 0) return figures;
  figures["accuracy"] = p.right / p.decided;
  figures["score_gap"] = p.gap / p.decided;
  return figures;
}

std::string names_of(const std::vector<int64_t>& chosen, const Pairs& pairs) {
  std::vector<std::string> ids;
  for (const int64_t i : chosen) ids.push_back(pairs.records[static_cast<size_t>(i)].id);
  return train::first_names("comparisons", ids);
}

at::Tensor centre(const std::pair<at::Tensor, at::Tensor>& scores, config::Centring kind) {
  return kind == config::Centring::Absolute ? rl::absolute_centre(scores.first, scores.second)
                                            : rl::squared_centre(scores.first, scores.second);
}

// Runs forward, and backward for a model that trains, over some pairs. Returns this process' sums.
class Step {
 public:
  Step(PairScorer& scorer, const Pairs& pairs, const config::RewardConfig& c,
       const parallel::Communicator& processes, train::Trainable* trainable)
      : scorer_(scorer), pairs_(pairs), c_(c), processes_(processes), trainable_(trainable) {}

  // `facts_key` draws the order of facts, `dropout_key` the adapter's dropout.
  Sums run(const std::vector<int64_t>& chosen, RandomKey facts_key,
           std::optional<RandomKey> dropout_key) {
    std::vector<engine::Branches> step;
    double weight = 0;
    num_rows_ = 0;
    for (const int64_t i : chosen) {
      step.push_back(scorer_.encode(pairs_, i, facts_key));
      num_rows_ += step.back().num_rows();
      weight += pairs_.targets[static_cast<size_t>(i)].weight;
    }
    Sums sums;
    for (const auto& portion : portions_of(step, processes_, c_.micro_tokens)) {
      const auto scores =
          scorer_.score(some_of(step, portion), keys_of(step, portion, dropout_key));
      const auto targets = targets_of(pairs_, chosen, portion, c_.margin, scorer_.device());
      const at::Tensor loss =
          rl::pair_loss_sum(scores.first, scores.second, targets, c_.label_smoothing);
      const at::Tensor middle = centre(scores, c_.centring);
      const auto num_pairs = static_cast<double>(portion.size());
      // Divided by the weights of the whole step, so that accumulation equals one large batch. A
      // step whose votes all count nothing still centres.
      if (trainable_ != nullptr) {
        (loss / std::max(weight, 1e-12) +
         middle * (c_.center_coef * num_pairs / static_cast<double>(chosen.size())))
            .backward();
        trainable_->collect_gradients();
      }
      sums.loss += loss.item<double>();
      sums.weight += targets.weight.sum().item<double>();
      sums.centre += middle.item<double>() * num_pairs;
      sums.add(rl::preference_sums(scores.first, scores.second, targets.first));
    }
    return sums;
  }
  int64_t num_rows() const { return num_rows_; }  // of all processes in the last run

 private:
  // One for each sequence of the batch, by its place in the whole step.
  static std::vector<RandomKey> keys_of(const std::vector<engine::Branches>& step,
                                        const Portion& portion, std::optional<RandomKey> key) {
    std::vector<RandomKey> keys;
    if (!key) return keys;
    for (const int64_t place : portion) {
      const int64_t count = engine::num_sequences(step[static_cast<size_t>(place)]);
      for (int64_t part = 0; part < count; ++part) {
        keys.push_back(key->at(3 * static_cast<uint64_t>(place) + static_cast<uint64_t>(part)));
      }
    }
    return keys;
  }

  PairScorer& scorer_;
  const Pairs& pairs_;
  const config::RewardConfig& c_;
  const parallel::Communicator& processes_;
  train::Trainable* trainable_;  // null: no gradients
  int64_t num_rows_ = 0;
};

// What trains: an adapter, new or model.adapter, or the language model; and the head, always, which
// is new where the adapter brings none.
nn::Parameters trained_parameters(model::Llava& model, const config::Config& c,
                                  const std::string& head, RandomKey key) {
  nn::Parameters parameters;
  if (c.reward.train == config::RewardTrain::Lora) {
    if (c.model.adapter.empty()) {
      model.add_adapter(head, nn::adapter_spec(c.lora), key.at("lora"));
    } else {
      checkpoint::load_adapter(c.model.adapter, model, head);
    }
    parameters = model.adapter_parameters(head);
  } else {
    for (auto& [name, tensor] : model.parameters()) {
      const bool is_frozen = name.starts_with("vision_tower.") ||
                             name.starts_with("multi_modal_projector.") ||
                             name == "language_model.lm_head.weight";
      if (!is_frozen) parameters.emplace(name, tensor);
    }
  }
  if (!model.has_head(head)) model.add_head(head, key.at("head"), /*zero=*/false);
  for (auto& [name, tensor] : model.head_parameters(head)) {
    parameters.emplace("reward_head." + name, tensor);
  }
  return parameters;
}

engine::MemoryPlan planned_memory(model::Llava& model, const std::string& head,
                                  const train::Trainable& trainable, const config::Config& c,
                                  int64_t bytes_before, int64_t feature_bytes) {
  const bool is_lora = c.reward.train == config::RewardTrain::Lora;
  auto plan = engine::plan_memory(model, {.program_bytes = bytes_before,
                                          .training_bytes = trainable.state_bytes(),
                                          .micro_tokens = c.reward.micro_tokens,
                                          .recomputes = c.run.activation_checkpointing,
                                          .trains_base = !is_lora,
                                          .rank = is_lora ? model.adapter_spec(head).rank : 0});
  plan.push_back({"image features", feature_bytes});
  return plan;
}

// Figures of all held-out pairs, which all processes share out.
train::Metrics held_out_figures(Step& step, int64_t num_pairs, RandomKey facts_key,
                                double center_coef, parallel::Communicator& processes) {
  std::vector<int64_t> all(static_cast<size_t>(num_pairs));
  std::iota(all.begin(), all.end(), 0);
  Sums own = step.run(all, facts_key, std::nullopt);
  const Sums sums = Sums::of(processes.sums(own.list()));
  train::Metrics figures;
  for (const auto& [name, value] : figures_of(sums, center_coef)) figures["eval/" + name] = value;
  figures["eval/pairs"] = static_cast<double>(num_pairs);
  return figures;
}

void save(const fs::path& folder, engine::Assistant& assistant, const std::string& head,
          const engine::RewardInput& input, const config::Config& c) {
  if (c.reward.train == config::RewardTrain::Lora) {
    checkpoint::save_adapter(folder.string(), assistant.model, head, c.model.path);
  } else {
    engine::save_assistant(folder, assistant, c.model.path);
    checkpoint::save_head(folder.string(), assistant.model, head);
  }
  input.save(folder);
}

// Each epoch has its own order.
std::vector<int64_t> pairs_of_step(RandomKey order_key, int64_t epoch, int64_t step_in_epoch,
                                   int64_t num_pairs, int64_t batch_size) {
  const auto order = data::epoch_order(order_key, epoch, num_pairs);
  const int64_t first = step_in_epoch * batch_size;
  const int64_t last = std::min(num_pairs, first + batch_size);
  return {order.begin() + first, order.begin() + last};
}

}  // namespace

void reward(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(c.run.seed, "reward");
  const auto process = parallel::join(c.run.device, c.run.threads);
  parallel::Communicator& processes = *process.all;
  const bool is_lora = c.reward.train == config::RewardTrain::Lora;
  if (!is_lora) engine::require_own_weights(c.model, "reward", "full");
  auto input = engine::RewardInput::of(c.reward);
  const Pairs pairs = read_pairs(c.data.train, c), held_out = read_pairs(c.data.eval, c);
  require_decided(held_out, c.data.eval);
  auto requests = pairs.facts;
  requests.insert(requests.end(), held_out.facts.begin(), held_out.facts.end());
  input.read_facts(c.data.facts, requests, c.data.missing_facts);
  const int64_t program_bytes = memory_bytes();
  auto assistant = engine::load_assistant(c, process.device);
  input.check_budget(assistant.tokenizer, requests);
  const std::string head = is_lora ? engine::kReward : "";
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  PairScorer scorer(assistant, features, input, head);
  scorer.check_lengths(pairs, c.data.train);
  scorer.check_lengths(held_out, c.data.eval);

  const int64_t steps_per_epoch = (pairs.size() + c.reward.batch_size - 1) / c.reward.batch_size;
  const int64_t total_steps = steps_per_epoch * c.reward.epochs;
  log_info("reward: {} pairs ({} held out), {} facts, {} steps", pairs.size(), held_out.size(),
           c.reward.facts ? "with" : "without", total_steps);
  train::Trainable trainable("reward", trained_parameters(assistant.model, c, head, key),
                             c.optimizer);
  auto images = data::images_of(pairs.records);
  const auto more = data::images_of(held_out.records);
  images.insert(images.end(), more.begin(), more.end());
  const auto plan = planned_memory(assistant.model, head, trainable, c, program_bytes,
                                   features.planned_bytes(assistant.model, images));
  log_info("{}", engine::text_of(plan));
  if (invocation.dry_run) return;
  train::Loop loop({.stage = "reward",
                    .label = c.reward.facts ? "reward (facts)" : "reward",
                    .eval_every = c.reward.eval_every > 0 ? c.reward.eval_every : steps_per_epoch,
                    .best_by = {.figure = "eval/accuracy", .higher = true},
                    .patience = c.reward.patience,
                    .open = {invocation.resume, invocation.force, invocation.files()},
                    .command = invocation.command},
                   invocation.loaded, trainable, processes);
  features.prepare(assistant.model, images);

  Step train_step(scorer, pairs, c.reward, processes, &trainable);
  Step held_out_step(scorer, held_out, c.reward, processes, nullptr);
  loop.evaluate_with([&] {
    return held_out_figures(held_out_step, held_out.size(), key.at("eval-facts"),
                            c.reward.center_coef, processes);
  });
  loop.save_with([&](const fs::path& folder) { save(folder, assistant, head, input, c); });
  loop.begin(total_steps);
  while (!loop.is_done()) {
    const int64_t step = loop.step(), epoch = step / steps_per_epoch;
    const auto chosen = pairs_of_step(key.at("order"), epoch, step % steps_per_epoch, pairs.size(),
                                      c.reward.batch_size);
    trainable.zero_grad();
    // The order of the facts is drawn anew in every epoch.
    Sums own = train_step.run(chosen, key.at("facts").at(static_cast<uint64_t>(epoch)),
                              key.at("dropout").at(static_cast<uint64_t>(step)));
    const Sums sums = Sums::of(trainable.reduce(processes, own.list()));
    loop.end_step(figures_of(sums, c.reward.center_coef), train_step.num_rows(),
                  names_of(chosen, pairs));
  }
  loop.finish(is_lora ? "adapter" : "model", engine::total(plan));
}

}  // namespace plumbline::recipes
