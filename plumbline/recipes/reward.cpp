// The reward model: which of two answers is the better one, told by comparisons. With facts it is
// shown what the image really contains; the policy never is.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/data/step_plan.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/engine/reward_input.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/rl/preference.h"
#include "plumbline/text/reward_prompt.h"
#include "plumbline/train/loop.h"

namespace plumbline::recipes {
namespace {

constexpr const char* kAdapter = "reward";

struct Pair {
  text::TokenIds better;
  text::TokenIds worse;
  std::string image;
};

void check_lengths(const engine::Assistant& assistant, const engine::RewardInput& input,
                   const std::vector<data::Comparison>& records, const std::string& file) {
  for (const data::Comparison& record : records) {
    for (const std::string& answer : {data::better_output(record), data::worse_output(record)}) {
      engine::check_length(assistant, input.longest(assistant, record.turns, answer, record.image),
                           "comparison '" + record.id + "'", file);
    }
  }
}

// Both answers of a comparison see the same facts in the same shuffled order.
std::vector<Pair> encode_pairs(const engine::Assistant& assistant, const engine::RewardInput& input,
                               const std::vector<data::Comparison>& records, RandomKey key) {
  std::vector<Pair> pairs;
  pairs.reserve(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const data::Comparison& record = records[i];
    const auto encode = [&](const std::string& answer) {
      return input.encode(assistant, record.turns, answer, record.image, key.at(i));
    };
    pairs.push_back(
        {encode(data::better_output(record)), encode(data::worse_output(record)), record.image});
  }
  return pairs;
}

// Scores of the better and the worse answers, [P] each.
struct PairScores {
  at::Tensor better;
  at::Tensor worse;
};

PairScores score_pairs(engine::Assistant& assistant, engine::FeatureStore& features,
                       const std::vector<const Pair*>& pairs) {
  std::vector<const text::TokenIds*> ids;
  std::vector<std::string> images;
  for (const Pair* pair : pairs) {
    ids.push_back(&pair->better);
    ids.push_back(&pair->worse);
    images.insert(images.end(), 2, pair->image);
  }
  const at::Tensor scores = engine::last_row_scores(
      assistant.model, engine::make_batch(ids, images, features, assistant.device()), kAdapter);
  const at::Tensor both = scores.view({-1, 2});
  return {both.select(1, 0), both.select(1, 1)};
}

int64_t rows_of(const Pair& pair) { return std::ssize(pair.better) + std::ssize(pair.worse); }

// Some pairs of a step, by their places in it, in portions of at most `budget` rows.
std::vector<std::vector<int64_t>> portions(const std::vector<int64_t>& places,
                                           const std::vector<int64_t>& lengths, int64_t budget) {
  std::vector<int64_t> own;
  for (const int64_t place : places) own.push_back(lengths[static_cast<size_t>(place)]);
  auto parts = data::micro_batches(own, budget);
  for (auto& part : parts) {
    for (int64_t& i : part) i = places[static_cast<size_t>(i)];
  }
  return parts;
}

// The comparisons of a step, for an error.
std::string names_of(const std::vector<int64_t>& chosen,
                     const std::vector<data::Comparison>& records) {
  std::string names = "comparisons";
  for (size_t i = 0; i < std::min<size_t>(chosen.size(), 16); ++i) {
    names += (i == 0 ? " " : ", ") + records[static_cast<size_t>(chosen[i])].id;
  }
  return names + (chosen.size() > 16 ? ", ..." : "");
}

// Share of held-out pairs whose better answer scores higher.
rl::PreferenceStats measure(engine::Assistant& assistant, engine::FeatureStore& features,
                            const std::vector<Pair>& pairs, int64_t budget) {
  const at::NoGradGuard no_grad;
  const model::AdapterScope scope(assistant.model, kAdapter);
  std::vector<int64_t> lengths;
  for (const Pair& pair : pairs) lengths.push_back(rows_of(pair));
  std::vector<at::Tensor> better, worse;
  for (const auto& part : data::micro_batches(lengths, budget)) {
    std::vector<const Pair*> some;
    for (const int64_t i : part) some.push_back(&pairs[static_cast<size_t>(i)]);
    auto scores = score_pairs(assistant, features, some);
    better.push_back(scores.better);
    worse.push_back(scores.worse);
  }
  return rl::preference_stats(at::cat(better), at::cat(worse));
}

}  // namespace

void reward(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "reward");
  const auto process = parallel::join(c.run.device, c.run.threads);
  parallel::Communicator& processes = *process.all;
  engine::refuse_adapter(c.model, "reward");
  engine::RewardInput input(text::load_reward_template(c.reward.template_file), c.reward.facts,
                            c.reward.max_facts);
  const auto records = data::read_comparisons(c.data.train, c.data.images);
  const auto held_out = data::read_comparisons(c.data.eval, c.data.images);
  auto images = data::images_of(records);
  for (const auto& record : held_out) images.push_back(record.image);
  input.read_facts(c.data.facts, images);
  auto assistant = engine::load_assistant(c, process.device);
  check_lengths(assistant, input, records, c.data.train);
  check_lengths(assistant, input, held_out, c.data.eval);
  // The order of the facts is drawn anew in every epoch.
  const auto pairs_of = [&](int64_t epoch) {
    return encode_pairs(assistant, input, records,
                        key.at("facts").at(static_cast<uint64_t>(epoch)));
  };
  auto pairs = pairs_of(0);
  int64_t pairs_epoch = 0;
  const auto eval_pairs = encode_pairs(assistant, input, held_out, key.at("eval-facts"));
  const auto num_pairs = static_cast<int64_t>(pairs.size());
  const int64_t steps_per_epoch = (num_pairs + c.reward.batch_size - 1) / c.reward.batch_size;
  const int64_t total_steps = steps_per_epoch * c.reward.epochs;
  log_info("reward: {} pairs ({} held out), {} facts, {} steps", num_pairs, eval_pairs.size(),
           c.reward.facts ? "with" : "without", total_steps);

  assistant.model.add_adapter(kAdapter, nn::adapter_spec(c.lora), key.at("lora"));
  assistant.model.add_head(kAdapter, key.at("head"), /*zero=*/false);
  nn::Parameters parameters = assistant.model.adapter_parameters(kAdapter);
  for (auto& [name, tensor] : assistant.model.head_parameters(kAdapter)) {
    parameters.emplace("reward_head." + name, tensor);
  }
  train::Trainable trainable("reward", std::move(parameters), c.optimizer);
  train::Loop loop({.stage = "reward",
                    .label = c.reward.facts ? "reward (facts)" : "reward",
                    .eval_every = steps_per_epoch,
                    .open = {invocation.resume, invocation.force},
                    .command = invocation.command},
                   invocation.loaded, trainable, processes);
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  features.prepare(assistant.model, images);
  loop.evaluate_with([&] {
    const auto stats = measure(assistant, features, eval_pairs, c.reward.micro_tokens);
    log_info("reward: held-out accuracy {:.3f} after step {}", stats.accuracy, loop.step());
    return train::Metrics{{"eval/accuracy", stats.accuracy},
                          {"eval/score_gap", stats.score_gap},
                          {"eval/mean_score", stats.mean_score},
                          {"eval/score_std", stats.score_std},
                          {"eval/pairs", static_cast<double>(eval_pairs.size())}};
  });
  loop.save_with([&](const fs::path& folder) {
    checkpoint::save_adapter(folder.string(), assistant.model, kAdapter, c.model.path);
    input.save(folder);
  });
  loop.begin(total_steps);
  while (!loop.is_done()) {
    const int64_t step = loop.step(), epoch = step / steps_per_epoch;
    if (c.reward.facts && epoch != pairs_epoch) {
      pairs = pairs_of(epoch);
      pairs_epoch = epoch;
    }
    const auto order = data::epoch_order(key.at("order"), epoch, num_pairs);
    const int64_t first = step % steps_per_epoch * c.reward.batch_size;
    const int64_t last = std::min(num_pairs, first + c.reward.batch_size);
    std::vector<int64_t> chosen, lengths;
    int64_t rows = 0;
    for (int64_t i = first; i < last; ++i) {
      chosen.push_back(order[static_cast<size_t>(i)]);
      lengths.push_back(rows_of(pairs[static_cast<size_t>(chosen.back())]));
      rows += lengths.back();
    }
    trainable.zero_grad();
    double loss = 0, accuracy = 0, mean_score = 0;
    const auto own = data::share_of(lengths, processes.rank(), processes.size());
    for (const auto& part : portions(own, lengths, c.reward.micro_tokens)) {
      std::vector<RandomKey> dropout_keys;
      std::vector<const Pair*> some;
      for (const int64_t place : part) {
        some.push_back(&pairs[static_cast<size_t>(chosen[static_cast<size_t>(place)])]);
        for (uint64_t side = 0; side < 2; ++side) {
          dropout_keys.push_back(key.at("dropout")
                                     .at(static_cast<uint64_t>(step))
                                     .at(2 * static_cast<uint64_t>(place) + side));
        }
      }
      const model::AdapterScope scope(assistant.model, kAdapter, std::move(dropout_keys));
      const auto scores = score_pairs(assistant, features, some);
      const auto terms = rl::bradley_terry(scores.better, scores.worse,
                                           {.margin = c.reward.margin,
                                            .label_smoothing = c.reward.label_smoothing,
                                            .center_coef = c.reward.center_coef});
      const double share = static_cast<double>(some.size()) / static_cast<double>(chosen.size());
      (terms.loss * share).backward();
      loss += terms.loss.item<double>() * share;
      accuracy += terms.stats.accuracy * share;
      mean_score += terms.stats.mean_score * share;
    }
    const auto sums = trainable.reduce(processes, {loss, accuracy, mean_score});
    loop.end_step({{"loss", sums[0]}, {"accuracy", sums[1]}, {"mean_score", sums[2]}}, rows,
                  names_of(chosen, records));
  }
  loop.finish("adapter");
}

}  // namespace plumbline::recipes
