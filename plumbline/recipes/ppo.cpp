// PPO with a factually augmented reward model. One iteration is eight calls, in the paper's words:
// prompts, respond, score, shape, advantages, optimise, adjust, record.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/data/correctness.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/responses.h"
#include "plumbline/engine/reward_input.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"
#include "plumbline/eval/rated_answers.h"
#include "plumbline/generate/generate.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/rl/gae.h"
#include "plumbline/rl/kl.h"
#include "plumbline/rl/kl_controller.h"
#include "plumbline/rl/losses.h"
#include "plumbline/rl/reward_terms.h"
#include "plumbline/rl/whiten.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/trainable.h"

namespace plumbline::recipes {
namespace {

// What the policy is asked. There is no facts field: the policy cannot see them.
struct PromptBatch {
  std::vector<const data::Prompt*> prompts;
};

// What the policy answered, and what every role says of it. R response tokens of S answers.
struct Rollout {
  engine::Responses responses;
  std::vector<std::string> answers;  // decoded, without the end token
  std::vector<bool> is_stopped;
  at::Tensor sampled_logprobs;  // [R] as the decoder drew them, over the cache
  at::Tensor logprobs;          // [R] under the policy that sampled, from a full forward pass
  at::Tensor ref_logprobs;      // [R]
  at::Tensor values;            // [R] before each token is emitted
  std::vector<double> scores;   // [S] reward model
};

// Everything that outlives an iteration.
struct Ppo {
  const config::Config& c;
  RandomKey key;
  at::Device device;
  engine::Assistant assistant;
  engine::FeatureStore features;
  engine::RewardInput reward_input;
  std::vector<data::Prompt> prompts;
  std::vector<world::BenchmarkItem> gold_items;
  std::unique_ptr<rl::KlController> kl_controller;
  train::Trainable trainable;

  model::Llava& model() { return assistant.model; }
};

PromptBatch next_prompts(const Ppo& t, int64_t iteration) {
  PromptBatch batch;
  const int64_t size = t.c.ppo.rollout_size;
  for (const int64_t index : data::drawn_items(t.key.at("order"), iteration * size, size,
                                               static_cast<int64_t>(t.prompts.size()))) {
    batch.prompts.push_back(&t.prompts[static_cast<size_t>(index)]);
  }
  return batch;
}

Rollout respond(Ppo& t, const PromptBatch& batch, int64_t iteration) {
  const model::AdapterScope scope(t.model(), engine::kPolicy);
  std::vector<generate::Sequence> requests;
  Rollout rollout;
  auto& [sequences, images, spans] = rollout.responses;
  for (size_t i = 0; i < batch.prompts.size(); ++i) {
    const data::Prompt& prompt = *batch.prompts[i];
    sequences.push_back(
        text::encode_prompt(t.assistant.tokenizer, t.assistant.format, prompt.turns).ids);
    images.push_back(prompt.image);
    requests.push_back({.prompt = sequences.back(),
                        .image_rows = engine::image_rows(t.model(), t.features, prompt.image),
                        .num_samples = 1,
                        .key = t.key.at("sample").at(static_cast<uint64_t>(iteration)).at(i)});
  }
  const auto sampled =
      generate::generate(t.model(), requests, engine::sampling_options(t.c.generation, t.assistant),
                         t.c.generation.batch_size);
  std::vector<float> drawn;
  for (size_t i = 0; i < sampled.size(); ++i) {
    const generate::Sampled& answer = sampled[i].front();
    sequences[i].insert(sequences[i].end(), answer.tokens.begin(), answer.tokens.end());
    spans.append(std::ssize(answer.tokens));
    rollout.is_stopped.push_back(answer.is_stopped);
    rollout.answers.push_back(engine::answer_text(t.assistant, answer.tokens));
    drawn.insert(drawn.end(), answer.logprobs.begin(), answer.logprobs.end());
  }
  rollout.sampled_logprobs = at::tensor(drawn).to(t.device);
  return rollout;
}

std::vector<engine::ResponseBatch> batches_of(const Ppo& t, const Rollout& rollout,
                                              const std::vector<int64_t>& sequences) {
  return engine::response_batches(rollout.responses, sequences, t.c.ppo.micro_tokens, t.features,
                                  t.device);
}

// What the reward model says of the whole answers. It is shown the facts if it was trained so.
std::vector<double> reward_scores(Ppo& t, const PromptBatch& batch, const Rollout& rollout,
                                  int64_t iteration) {
  engine::RewardScorer scorer(t.assistant, t.features, t.reward_input, engine::kReward,
                              t.c.ppo.micro_tokens,
                              t.key.at("facts").at(static_cast<uint64_t>(iteration)));
  std::vector<api::Candidates> questions;
  for (size_t i = 0; i < batch.prompts.size(); ++i) {
    questions.push_back(engine::candidates_of(*batch.prompts[i], {rollout.answers[i]}));
  }
  std::vector<double> scores;
  for (const auto& of_answers : scorer.score(questions)) scores.push_back(of_answers.front());
  return scores;
}

void score(Ppo& t, const PromptBatch& batch, Rollout& rollout, int64_t iteration) {
  const at::NoGradGuard no_grad;
  const auto options = at::TensorOptions().dtype(at::kFloat).device(t.device);
  const int64_t num_tokens = rollout.responses.spans.total();
  std::vector<int64_t> all(rollout.answers.size());
  std::iota(all.begin(), all.end(), 0);
  rollout.logprobs = at::empty({num_tokens}, options);
  rollout.ref_logprobs = at::empty({num_tokens}, options);
  rollout.values = at::empty({num_tokens}, options);
  const double temperature = t.c.generation.temperature;
  for (const auto& part : batches_of(t, rollout, all)) {
    const auto logprobs = [&](const char* role) {
      return engine::response_logprobs(t.model(), part, role, temperature).logprobs;
    };
    rollout.logprobs.index_copy_(0, part.positions, logprobs(engine::kPolicy));
    rollout.ref_logprobs.index_copy_(0, part.positions, logprobs(engine::kReference));
    rollout.values.index_copy_(0, part.positions,
                               engine::response_values(t.model(), part, engine::kValue));
  }
  rollout.scores = reward_scores(t, batch, rollout, iteration);
}

rl::Shaped shape(const Ppo& t, const PromptBatch& batch, const Rollout& rollout) {
  const config::PpoConfig& p = t.c.ppo;
  const auto size = rollout.scores.size();
  rl::SequenceTerms terms;
  terms.model_score = rollout.scores;
  for (size_t i = 0; i < size; ++i) {
    const data::Prompt& prompt = *batch.prompts[i];
    const int64_t length = rollout.responses.spans.length(static_cast<int64_t>(i));
    terms.missing_end.push_back(
        rl::missing_end_penalty(rollout.is_stopped[i], p.missing_end_penalty));
    terms.length.push_back(rl::length_term(length, t.c.generation.max_tokens, p.length_penalty,
                                           prompt.length_bonus_multiplier));
    terms.correctness.push_back(p.correctness_bonus * data::correctness(prompt.caption_type,
                                                                        rollout.answers[i],
                                                                        p.symmetric_yes_no));
  }
  const at::Tensor kl = rl::kl_per_token(rollout.logprobs, rollout.ref_logprobs,
                                         static_cast<rl::KlEstimator>(p.kl_estimator));
  return rl::shape_rewards(terms, kl, rollout.responses.spans, t.kl_controller->coefficient(),
                           p.reward_scale);
}

rl::Advantages advantages(const Ppo& t, const Rollout& rollout, const rl::Shaped& shaped) {
  auto result = rl::gae(shaped.rewards, rollout.values, rollout.responses.spans, t.c.ppo.gamma,
                        t.c.ppo.lambda);
  if (t.c.ppo.whiten_advantages) result.advantages = rl::whiten(result.advantages);
  return result;
}

// Sums of one iteration's optimisation, averaged over its minibatches.
struct OptimiseStats {
  train::Metrics sums;
  int64_t minibatches = 0;
  void add(const train::Metrics& metrics) {
    for (const auto& [name, value] : metrics) sums[name] += value;
    ++minibatches;
  }
  train::Metrics mean() const {
    train::Metrics result = sums;
    for (auto& [name, value] : result)
      value /= static_cast<double>(std::max<int64_t>(1, minibatches));
    return result;
  }
};

// Gradients of one minibatch's policy and value losses, averaged over its response tokens.
train::Metrics backward(Ppo& t, const Rollout& rollout, const rl::Advantages& adv,
                        const std::vector<int64_t>& sequences, bool train_policy) {
  double num_tokens = 0;
  for (const int64_t s : sequences)
    num_tokens += static_cast<double>(rollout.responses.spans.length(s));
  train::Metrics metrics;
  for (const auto& part : batches_of(t, rollout, sequences)) {
    const auto pick = [&](const at::Tensor& all) { return all.index_select(0, part.positions); };
    const double share = static_cast<double>(part.rows.numel()) / num_tokens;
    if (train_policy) {
      const auto now =
          engine::response_logprobs(t.model(), part, engine::kPolicy, t.c.generation.temperature);
      const auto loss = rl::policy_loss(now.logprobs, pick(rollout.logprobs), pick(adv.advantages),
                                        t.c.ppo.clip_range);
      const at::Tensor entropy = now.entropy.sum();
      ((loss.loss_sum - t.c.ppo.entropy_coef * entropy) / num_tokens).backward();
      metrics["loss/policy"] += loss.loss_sum.item<double>() / num_tokens;
      metrics["policy/entropy"] += entropy.item<double>() / num_tokens;
      metrics["policy/approx_kl"] += loss.stats.approx_kl * share;
      metrics["policy/clip_fraction"] += loss.stats.clip_fraction * share;
      metrics["policy/ratio_mean"] += loss.stats.ratio_mean * share;
    }
    const auto value =
        rl::value_loss(engine::response_values(t.model(), part, engine::kValue),
                       pick(rollout.values), pick(adv.returns), t.c.ppo.value_clip_range);
    (t.c.ppo.vf_coef * value.loss_sum / num_tokens).backward();
    metrics["loss/value"] += value.loss_sum.item<double>() / num_tokens;
    metrics["value/clip_fraction"] += value.stats.clip_fraction * share;
  }
  return metrics;
}

train::Metrics optimise(Ppo& t, const Rollout& rollout, const rl::Advantages& adv,
                        int64_t iteration) {
  const config::PpoConfig& p = t.c.ppo;
  const bool train_policy = iteration >= p.value_warmup_steps;
  OptimiseStats stats;
  for (int64_t epoch = 0; epoch < p.epochs; ++epoch) {
    const auto order = data::epoch_order(t.key.at("minibatch").at(static_cast<uint64_t>(iteration)),
                                         epoch, p.rollout_size);
    for (const auto& sequences : data::batches(order, p.minibatch_size)) {
      t.trainable.zero_grad();
      auto metrics = backward(t, rollout, adv, sequences, train_policy);
      metrics.merge(t.trainable.step(iteration, p.total_steps, metrics));
      stats.add(metrics);
    }
  }
  return stats.mean();
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double standard_deviation(const std::vector<double>& values) {
  const double m = mean(values);
  double sum = 0;
  for (const double v : values) sum += (v - m) * (v - m);
  return values.size() < 2 ? 0 : std::sqrt(sum / static_cast<double>(values.size() - 1));
}

train::Metrics describe(const Ppo& t, const Rollout& rollout, const rl::Shaped& shaped,
                        const rl::Advantages& adv) {
  const auto size = static_cast<double>(rollout.scores.size());
  const auto stopped = std::count(rollout.is_stopped.begin(), rollout.is_stopped.end(), true);
  train::Metrics metrics{
      {"score/model", mean(rollout.scores)},
      {"score/model_std", standard_deviation(rollout.scores)},
      {"reward/kl", shaped.kl_sum / size},
      {"reward/missing_end", mean(shaped.terms.missing_end)},
      {"reward/length", mean(shaped.terms.length)},
      {"reward/correctness", mean(shaped.terms.correctness)},
      {"reward/total", shaped.rewards.sum().item<double>() / size},
      {"response/length", static_cast<double>(rollout.responses.spans.total()) / size},
      {"response/stopped", static_cast<double>(stopped) / size},
      {"policy/decoder_gap",
       (rollout.sampled_logprobs - rollout.logprobs).abs().max().item<double>()},
      {"kl/coefficient", t.kl_controller->coefficient()},
      {"kl/k1", (rollout.logprobs - rollout.ref_logprobs).sum().item<double>() / size},
      {"value/explained_variance", rl::explained_variance(rollout.values, adv.returns)},
      {"value/mean", rollout.values.mean().item<double>()},
      {"returns/mean", adv.returns.mean().item<double>()}};
  return metrics;
}

// The judge's opinion of greedy answers to a fixed part of data.benchmark. Its rewards never see
// it.
train::Metrics gold(Ppo& t) {
  const model::AdapterScope scope(t.model(), engine::kPolicy);
  engine::LocalGenerator generator(t.assistant, t.features, t.c.eval.batch_size);
  std::vector<api::Question> questions;
  for (const auto& item : t.gold_items) questions.push_back({item.image, item.question});
  double score = 0, hallucinated = 0;
  const auto rated = eval::rate(t.gold_items, generator.answer(questions, t.c.eval.max_tokens));
  for (const auto& answer : rated) {
    score += answer.verdict.score;
    hallucinated += answer.verdict.is_hallucinated ? 1 : 0;
  }
  const auto n = static_cast<double>(rated.size());
  return {{"gold/score", score / n}, {"gold/hallucination", hallucinated / n}};
}

void write_samples(const train::RunFolder& run, const PromptBatch& batch, const Rollout& rollout,
                   int64_t step) {
  std::string lines;
  for (size_t i = 0; i < std::min<size_t>(8, batch.prompts.size()); ++i) {
    lines += nlohmann::json{{"id", batch.prompts[i]->id},
                            {"image", batch.prompts[i]->image},
                            {"prompt", batch.prompts[i]->turns.back().text},
                            {"answer", rollout.answers[i]},
                            {"score", rollout.scores[i]}}
                 .dump() +
             "\n";
  }
  make_folders(run.path() / "samples");
  write_file(run.path() / "samples" / fmt::format("step-{:06}.jsonl", step), lines);
}

// One base, four adapters: what they take, so that nobody has to guess why memory ran out.
void print_plan(Ppo& t) {
  const config::PpoConfig& p = t.c.ppo;
  const config::LlavaConfig& shape = t.model().config();
  const auto features = t.features.size() * shape.image_rows() * shape.vision.hidden_size *
                        static_cast<int64_t>(c10::elementSize(t.model().dtype()));
  const auto megabytes = [](int64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  log_info("ppo: {} prompts, {} iterations of {} answers, {} optimiser steps each, {} facts",
           t.prompts.size(), p.total_steps, p.rollout_size,
           p.epochs * (p.rollout_size / p.minibatch_size),
           t.reward_input.has_facts() ? "with" : "without");
  log_info(
      "ppo: memory in MB: base {:.1f}, four adapters {:.1f}, gradients and moments {:.1f}, "
      "image features {:.1f}",
      megabytes(t.model().base_bytes()), megabytes(engine::role_bytes(t.model())),
      3 * megabytes(nn::num_bytes(t.trainable.parameters())), megabytes(features));
}

std::vector<world::BenchmarkItem> gold_subset(const config::Config& c) {
  if (c.ppo.eval_every == 0) return {};
  if (c.data.benchmark.empty()) {
    throw ConfigError(Complaint{.component = "ppo",
                                .doing = "preparing the gold score",
                                .expected = "data.benchmark",
                                .got = "nothing",
                                .hint = "set it, or ppo.eval_every = 0."});
  }
  auto items = world::read_benchmark(c.data.benchmark);
  // As in the figures of `eval`: yes/no questions are not part of the score.
  std::erase_if(items, [](const auto& item) { return item.type == "yes_no"; });
  if (items.empty()) {
    throw DataError(Complaint{.component = "ppo",
                              .doing = "preparing the gold score",
                              .expected = "items that are not yes/no questions",
                              .got = "none",
                              .where = c.data.benchmark,
                              .hint = "choose another data.benchmark, or ppo.eval_every = 0."});
  }
  return eval::spread(items, c.ppo.eval_items);
}

// Every prompt must leave room for an answer, under the policy and under the reward model.
void check_lengths(const Ppo& t) {
  for (const data::Prompt& prompt : t.prompts) {
    const auto asked =
        text::encode_prompt(t.assistant.tokenizer, t.assistant.format, prompt.turns).ids;
    const int64_t judged =
        t.reward_input.longest(t.assistant, prompt.turns, ".", engine::fact_request(prompt));
    for (const int64_t num_rows : {static_cast<int64_t>(std::ssize(asked)), judged}) {
      engine::check_length(t.assistant, num_rows + t.c.generation.max_tokens,
                           "prompt '" + prompt.id + "' and its answer", t.c.data.prompts);
    }
  }
}

// The gradient needs the log-probabilities that the sampler drew from.
void check_sampling(const config::GenerationConfig& c) {
  if (c.temperature > 0 && c.top_p >= 1 && c.top_k == 0 && c.min_tokens == 0) return;
  throw ConfigError(Complaint{
      .component = "ppo",
      .doing = "checking how answers are sampled",
      .expected = "generation.temperature above 0, top_p = 1, top_k = 0 and min_tokens = 0",
      .got = fmt::format("{}, {}, {} and {}", c.temperature, c.top_p, c.top_k, c.min_tokens),
      .hint = "a cut distribution would not be the one whose log-probabilities are trained."});
}

// Whether an answer has ended is a token's to say here: rewards and values stand over tokens.
void refuse_end_text(const engine::Assistant& assistant, const std::string& conversation) {
  const std::string end = text::end_text_of(assistant.tokenizer, assistant.format.conversation);
  if (end.empty()) return;
  throw ConfigError(Complaint{.component = "ppo",
                              .doing = "choosing how turns become text",
                              .expected = "a style whose answers end with a token",
                              .got = "model.conversation = " + conversation +
                                     ", whose answers end with the text '" + end + "'"});
}

}  // namespace

void ppo(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  check_sampling(c.generation);
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "ppo");
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto prompts = data::read_prompts(c.data.prompts, c.data.images);
  const auto images = data::images_of(prompts);
  auto reward_input = engine::RewardInput::load(c.model.reward_adapter);
  std::vector<engine::FactRequest> requests;
  for (const auto& prompt : prompts) requests.push_back(engine::fact_request(prompt));
  reward_input.read_facts(c.data.facts, requests, c.data.missing_facts);
  auto gold_items = gold_subset(c);
  auto assistant = engine::load_assistant(c, device);
  refuse_end_text(assistant, c.model.conversation);
  train::Trainable trainable("ppo", engine::attach_roles(assistant.model, c, key), c.optimizer);
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  Ppo t{
      c,
      key,
      device,
      std::move(assistant),
      std::move(features),
      std::move(reward_input),
      std::move(prompts),
      std::move(gold_items),
      rl::make_kl_controller(c.ppo.kl_controller == config::KlControllerKind::Adaptive,
                             c.ppo.kl_coef, c.ppo.kl_target, static_cast<double>(c.ppo.kl_horizon)),
      std::move(trainable)};
  check_lengths(t);
  auto run = train::RunFolder::open("ppo", invocation.loaded, {invocation.resume, invocation.force},
                                    invocation.command);
  t.features.prepare(t.model(), images);
  int64_t step = 0;
  if (const auto checkpoint = run.latest_checkpoint()) {
    t.trainable.load(*checkpoint);
    t.kl_controller->set_coefficient(nlohmann::json::parse(read_file(*checkpoint / "state.json"))
                                         .at("kl_coefficient")
                                         .get<double>());
    step = train::RunFolder::step_of(*checkpoint);
  }
  const auto save_adapter = [&](const fs::path& folder) {
    checkpoint::save_adapter((folder / "adapter").string(), t.model(), engine::kPolicy,
                             c.model.path);
  };
  const auto save = [&] {
    run.save_checkpoint(step, [&](const fs::path& folder) {
      t.trainable.save(folder);
      save_adapter(folder);
      write_file(folder / "state.json",
                 nlohmann::json{{"kl_coefficient", t.kl_controller->coefficient()}, {"step", step}}
                     .dump());
    });
  };

  // An interruption must not lose the iterations before it.
  const auto gold_or_save = [&] {
    try {
      return gold(t);
    } catch (const Interrupted&) {
      save();
      throw;
    }
  };

  print_plan(t);
  Progress progress(t.reward_input.has_facts() ? "ppo (facts)" : "ppo", c.ppo.total_steps, step);
  while (step < c.ppo.total_steps) {
    train::PhaseTimer timer;
    train::Metrics metrics;
    if (c.ppo.eval_every > 0 && step % c.ppo.eval_every == 0) metrics = gold_or_save();
    timer.phase("gold");

    const PromptBatch batch = next_prompts(t, step);
    Rollout rollout = respond(t, batch, step);
    timer.phase("respond");
    score(t, batch, rollout, step);
    timer.phase("score");
    const rl::Shaped shaped = shape(t, batch, rollout);
    const rl::Advantages adv = advantages(t, rollout, shaped);
    metrics.merge(describe(t, rollout, shaped, adv));
    timer.phase("shape");
    metrics.merge(optimise(t, rollout, adv, step));
    timer.phase("optimise");
    t.kl_controller->update(metrics["kl/k1"], static_cast<int64_t>(rollout.scores.size()));

    ++step;
    metrics.merge(timer.metrics());
    run.metrics().record(step, metrics);
    if (step == 1 || step % 10 == 0) write_samples(run, batch, rollout, step);
    progress.update(step,
                    fmt::format("score {:.3f} kl {:.2f} length {:.1f}", metrics["score/model"],
                                metrics["kl/k1"], metrics["response/length"]));
    const bool is_due = c.run.checkpoint_every > 0 && step % c.run.checkpoint_every == 0;
    if (is_due || received_signal() != 0) save();
    stop_if_interrupted();
  }
  t.trainable.finish();
  if (c.ppo.eval_every > 0) run.metrics().record(step + 1, gold_or_save());
  save_adapter(run.path());
  run.finish();
}

}  // namespace plumbline::recipes
