// PPO with a factually augmented reward model. One iteration is eight calls, in the paper's words:
// prompts, respond, score, shape, advantages, optimise, adjust, record.
#include <torch/types.h>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/data/correctness.h"
#include "plumbline/data/facts.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/feature_store.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/eval/rated_answers.h"
#include "plumbline/generate/generate.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/rl/gae.h"
#include "plumbline/rl/kl.h"
#include "plumbline/rl/kl_controller.h"
#include "plumbline/rl/logprobs.h"
#include "plumbline/rl/losses.h"
#include "plumbline/rl/reward_terms.h"
#include "plumbline/rl/whiten.h"
#include "plumbline/tensor/device.h"
#include "plumbline/tensor/host.h"
#include "plumbline/text/reward_prompt.h"
#include "plumbline/train/adamw.h"
#include "plumbline/train/linear_cross_entropy.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/train/schedule.h"

namespace plumbline::recipes {
namespace {

// The four roles on one base. The reference is the policy as it was at the start.
constexpr const char* kPolicy = "policy";
constexpr const char* kReference = "reference";
constexpr const char* kReward = "reward";
constexpr const char* kValue = "value";

// What the policy is asked. There is no facts field: the policy cannot see them.
struct PromptBatch {
  std::vector<const data::Prompt*> prompts;
};

// What the policy answered, and what every role says of it. R response tokens of S answers.
struct Rollout {
  std::vector<text::TokenIds> sequences;  // prompt and response together
  std::vector<std::string> images;        // one per sequence
  std::vector<std::string> answers;       // decoded, without the end token
  std::vector<bool> is_stopped;
  tensor::Spans responses;      // S spans over [0, R)
  at::Tensor sampled_logprobs;  // [R] as the decoder drew them, over the cache
  at::Tensor logprobs;          // [R] under the policy that sampled, from a full forward pass
  at::Tensor ref_logprobs;      // [R]
  at::Tensor values;            // [R] before each token is emitted
  std::vector<double> scores;   // [S] reward model
};

// Everything that outlives an iteration.
struct Trainer {
  const config::Config& c;
  RandomKey key;
  at::Device device;
  engine::Assistant assistant;
  engine::FeatureStore features;
  text::RewardTemplate reward_template;
  std::vector<data::Prompt> prompts;
  data::Facts facts;
  std::vector<world::BenchmarkItem> gold_items;
  std::unique_ptr<rl::KlController> kl_controller;
};

PromptBatch next_prompts(const Trainer& t, int64_t iteration) {
  PromptBatch batch;
  const int64_t size = t.c.ppo.rollout_size;
  for (const int64_t index : data::drawn_items(t.key.at("order"), iteration * size, size,
                                               static_cast<int64_t>(t.prompts.size()))) {
    batch.prompts.push_back(&t.prompts[static_cast<size_t>(index)]);
  }
  return batch;
}

Rollout respond(Trainer& t, const PromptBatch& batch, int64_t iteration) {
  const model::AdapterScope scope(t.assistant.model, kPolicy);
  std::vector<generate::Sequence> requests;
  Rollout rollout;
  for (size_t i = 0; i < batch.prompts.size(); ++i) {
    const data::Prompt& prompt = *batch.prompts[i];
    rollout.sequences.push_back(
        text::encode_prompt(t.assistant.tokenizer, t.assistant.format, prompt.turns).ids);
    rollout.images.push_back(prompt.image);
    requests.push_back(
        {.prompt = rollout.sequences.back(),
         .image_rows = engine::image_rows(t.assistant.model, t.features, prompt.image),
         .num_samples = 1,
         .key = t.key.at("sample").at(static_cast<uint64_t>(iteration)).at(i)});
  }
  const auto sampled = generate::generate(t.assistant.model, requests,
                                          engine::sampling_options(t.c.generation, t.assistant),
                                          t.c.generation.batch_size);
  std::vector<float> drawn;
  for (size_t i = 0; i < sampled.size(); ++i) {
    const generate::Sampled& answer = sampled[i].front();
    auto& ids = rollout.sequences[i];
    ids.insert(ids.end(), answer.tokens.begin(), answer.tokens.end());
    rollout.responses.append(static_cast<int64_t>(answer.tokens.size()));
    rollout.is_stopped.push_back(answer.is_stopped);
    rollout.answers.push_back(engine::answer_text(t.assistant, answer.tokens));
    drawn.insert(drawn.end(), answer.logprobs.begin(), answer.logprobs.end());
  }
  rollout.sampled_logprobs = at::tensor(drawn).to(t.device);
  return rollout;
}

// A part of a rollout as model input: which sequences, their rows, and the response tokens among
// them.
struct Part {
  std::vector<int64_t> sequences;  // indices into the rollout
  engine::Batch batch;
  tensor::Spans responses;  // of these sequences
  at::Tensor rows;          // [r] row before each response token
  at::Tensor tokens;        // [r] the response tokens
  at::Tensor positions;     // [r] their places in the rollout's [R]
};

Part make_part(const Trainer& t, const Rollout& rollout, const std::vector<int64_t>& sequences) {
  Part part{.sequences = sequences,
            .batch = {},
            .responses = {},
            .rows = {},
            .tokens = {},
            .positions = {}};
  std::vector<const text::TokenIds*> ids;
  std::vector<std::string> images;
  std::vector<int64_t> positions;
  for (const int64_t s : sequences) {
    ids.push_back(&rollout.sequences[static_cast<size_t>(s)]);
    images.push_back(rollout.images[static_cast<size_t>(s)]);
    part.responses.append(rollout.responses.length(s));
    for (int64_t r = rollout.responses.begin(s); r < rollout.responses.end(s); ++r)
      positions.push_back(r);
  }
  part.batch = engine::make_batch(ids, images, t.features, t.device);
  part.rows = rl::rows_before_responses(part.batch.spans, part.responses).to(t.device);
  part.tokens = part.batch.ids.index_select(0, part.rows + 1);
  part.positions = tensor::to_tensor(positions, t.device);
  return part;
}

std::vector<Part> make_parts(const Trainer& t, const Rollout& rollout,
                             const std::vector<int64_t>& sequences) {
  std::vector<int64_t> lengths;
  for (const int64_t s : sequences) {
    lengths.push_back(static_cast<int64_t>(rollout.sequences[static_cast<size_t>(s)].size()));
  }
  std::vector<Part> parts;
  for (const auto& micro : data::micro_batches(lengths, t.c.ppo.micro_tokens)) {
    std::vector<int64_t> chosen;
    for (const int64_t i : micro) chosen.push_back(sequences[static_cast<size_t>(i)]);
    parts.push_back(make_part(t, rollout, chosen));
  }
  return parts;
}

std::vector<int64_t> all_sequences(const Rollout& rollout) {
  std::vector<int64_t> all(rollout.sequences.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  return all;
}

// Log-probabilities and entropies of a part's response tokens under an adapter.
train::TokenLogprobs response_logprobs(Trainer& t, const Part& part, const char* adapter) {
  const model::AdapterScope scope(t.assistant.model, adapter);
  const at::Tensor hidden = engine::hidden(t.assistant.model, part.batch);
  return train::token_logprobs(hidden.index_select(0, part.rows), t.assistant.model.head_weight(),
                               part.tokens, t.c.generation.temperature);
}

// Values before each response token of a part, [r].
at::Tensor response_values(Trainer& t, const Part& part) {
  const model::AdapterScope scope(t.assistant.model, kValue);
  const at::Tensor hidden = engine::hidden(t.assistant.model, part.batch);
  return t.assistant.model.score(kValue, hidden.index_select(0, part.rows));
}

std::vector<double> reward_scores(Trainer& t, const PromptBatch& batch, const Rollout& rollout,
                                  int64_t iteration) {
  std::vector<text::TokenIds> prompts;
  for (size_t i = 0; i < batch.prompts.size(); ++i) {
    const data::Prompt& prompt = *batch.prompts[i];
    const auto shown =
        t.c.ppo.facts
            ? data::shuffled_facts(t.facts, prompt.image, t.c.ppo.max_facts,
                                   t.key.at("facts").at(static_cast<uint64_t>(iteration)).at(i))
            : std::vector<std::string>{};
    auto turns = prompt.turns;
    turns.push_back({false, rollout.answers[i]});
    prompts.push_back(text::encode_for_reward(t.assistant.tokenizer, t.assistant.format,
                                              t.reward_template, turns, shown)
                          .ids);
  }
  return engine::score_sequences(t.assistant.model, t.features, prompts, rollout.images, kReward,
                                 t.c.ppo.micro_tokens);
}

void score(Trainer& t, const PromptBatch& batch, Rollout& rollout, int64_t iteration) {
  const at::NoGradGuard no_grad;
  const auto options = at::TensorOptions().dtype(at::kFloat).device(t.device);
  const int64_t num_tokens = rollout.responses.total();
  rollout.logprobs = at::empty({num_tokens}, options);
  rollout.ref_logprobs = at::empty({num_tokens}, options);
  rollout.values = at::empty({num_tokens}, options);
  for (const Part& part : make_parts(t, rollout, all_sequences(rollout))) {
    rollout.logprobs.index_copy_(0, part.positions, response_logprobs(t, part, kPolicy).logprobs);
    rollout.ref_logprobs.index_copy_(0, part.positions,
                                     response_logprobs(t, part, kReference).logprobs);
    rollout.values.index_copy_(0, part.positions, response_values(t, part));
  }
  rollout.scores = reward_scores(t, batch, rollout, iteration);
}

rl::Shaped shape(const Trainer& t, const PromptBatch& batch, const Rollout& rollout) {
  const config::PpoConfig& p = t.c.ppo;
  const auto size = rollout.scores.size();
  rl::SequenceTerms terms;
  terms.model_score = rollout.scores;
  for (size_t i = 0; i < size; ++i) {
    const data::Prompt& prompt = *batch.prompts[i];
    const int64_t length = rollout.responses.length(static_cast<int64_t>(i));
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
  return rl::shape_rewards(terms, kl, rollout.responses, t.kl_controller->coefficient(),
                           p.reward_scale);
}

rl::Advantages advantages(const Trainer& t, const Rollout& rollout, const rl::Shaped& shaped) {
  auto result =
      rl::gae(shaped.rewards, rollout.values, rollout.responses, t.c.ppo.gamma, t.c.ppo.lambda);
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
train::Metrics backward(Trainer& t, const Rollout& rollout, const rl::Advantages& adv,
                        const std::vector<int64_t>& sequences, bool train_policy) {
  double num_tokens = 0;
  for (const int64_t s : sequences) num_tokens += static_cast<double>(rollout.responses.length(s));
  train::Metrics metrics;
  for (const Part& part : make_parts(t, rollout, sequences)) {
    const auto pick = [&](const at::Tensor& all) { return all.index_select(0, part.positions); };
    const double share = static_cast<double>(part.responses.total()) / num_tokens;
    if (train_policy) {
      const auto now = response_logprobs(t, part, kPolicy);
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
    const auto value = rl::value_loss(response_values(t, part), pick(rollout.values),
                                      pick(adv.returns), t.c.ppo.value_clip_range);
    (t.c.ppo.vf_coef * value.loss_sum / num_tokens).backward();
    metrics["loss/value"] += value.loss_sum.item<double>() / num_tokens;
    metrics["value/clip_fraction"] += value.stats.clip_fraction * share;
  }
  return metrics;
}

train::Metrics optimise(Trainer& t, train::AdamW& optimizer, const Rollout& rollout,
                        const rl::Advantages& adv, int64_t iteration) {
  const config::PpoConfig& p = t.c.ppo;
  const bool train_policy = iteration >= p.value_warmup_steps;
  const double lr =
      t.c.optimizer.lr * train::schedule_factor(t.c.optimizer, iteration, p.total_steps);
  OptimiseStats stats;
  for (int64_t epoch = 0; epoch < p.epochs; ++epoch) {
    const auto order = data::epoch_order(t.key.at("minibatch").at(static_cast<uint64_t>(iteration)),
                                         epoch, p.rollout_size);
    for (const auto& sequences : data::batches(order, p.minibatch_size)) {
      optimizer.zero_grad();
      auto metrics = backward(t, rollout, adv, sequences, train_policy);
      train::check_finite("ppo", iteration, metrics);
      metrics["grad_norm"] = optimizer.clip_gradients(t.c.optimizer.max_grad_norm);
      train::check_finite("ppo", iteration, metrics);
      optimizer.step(lr);
      stats.add(metrics);
    }
  }
  auto metrics = stats.mean();
  metrics["lr"] = lr;
  return metrics;
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

train::Metrics describe(const Trainer& t, const Rollout& rollout, const rl::Shaped& shaped,
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
      {"response/length", static_cast<double>(rollout.responses.total()) / size},
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
train::Metrics gold(Trainer& t) {
  const model::AdapterScope scope(t.assistant.model, kPolicy);
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

// Attaches the four roles and returns what trains: the policy's adapter, the value's adapter and
// head.
nn::Parameters attach_roles(model::Llava& model, const config::Config& c, RandomKey key) {
  if (c.model.adapter.empty()) {
    model.add_adapter(kPolicy,
                      {.rank = c.lora.rank,
                       .alpha = c.lora.alpha,
                       .dropout = c.lora.dropout,
                       .targets = c.lora.targets,
                       .rslora = c.lora.rslora},
                      key.at("lora"));
  } else {
    checkpoint::load_adapter(c.model.adapter, model, kPolicy);
  }
  model.copy_adapter(kPolicy, kReference);
  checkpoint::load_adapter(c.model.reward_adapter, model, kReward);
  if (!model.has_head(kReward)) {
    throw CheckpointError(Complaint{.component = "ppo",
                                    .doing = "loading the reward model",
                                    .expected = "an adapter with reward_head.safetensors",
                                    .got = "one without",
                                    .where = c.model.reward_adapter,
                                    .hint = "set model.reward_adapter to the result of `reward`."});
  }
  model.copy_adapter(kReward, kValue);
  model.add_head(kValue, key.at("value"), /*zero=*/true);
  nn::Parameters parameters;
  for (auto& [name, tensor] : model.adapter_parameters(kPolicy))
    parameters.emplace("policy." + name, tensor);
  for (auto& [name, tensor] : model.adapter_parameters(kValue))
    parameters.emplace("value." + name, tensor);
  for (auto& [name, tensor] : model.head_parameters(kValue))
    parameters.emplace("value_head." + name, tensor);
  for (auto& [name, tensor] : parameters) tensor.requires_grad_(true);
  return parameters;
}

double megabytes(const nn::Parameters& parameters) {
  double bytes = 0;
  for (const auto& [name, tensor] : parameters) bytes += static_cast<double>(tensor.nbytes());
  return bytes / 1e6;
}

// One base, four adapters: what they take, so that nobody has to guess why memory ran out.
void print_plan(Trainer& t, const nn::Parameters& trained) {
  const config::PpoConfig& p = t.c.ppo;
  double adapters = 0;
  for (const char* role : {kPolicy, kReference, kReward, kValue}) {
    adapters += megabytes(t.assistant.model.adapter_parameters(role));
  }
  const config::VisionConfig& vision = t.assistant.model.config().vision;
  const auto features =
      static_cast<double>(t.features.size() * vision.num_patches() * vision.hidden_size) *
      static_cast<double>(c10::elementSize(t.assistant.model.dtype())) / 1e6;
  log_info("ppo: {} prompts, {} iterations of {} answers, {} optimiser steps each, {} facts",
           t.prompts.size(), p.total_steps, p.rollout_size,
           p.epochs * (p.rollout_size / p.minibatch_size), p.facts ? "with" : "without");
  log_info(
      "ppo: memory in MB: base {:.1f}, four adapters {:.1f}, gradients and moments {:.1f}, "
      "image features {:.1f}",
      megabytes(t.assistant.model.parameters()), adapters, 3 * megabytes(trained), features);
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
  return eval::spread(world::read_benchmark(c.data.benchmark), c.ppo.eval_items);
}

// Every prompt must leave room for an answer, under the policy and under the reward model.
void check_lengths(const Trainer& t) {
  for (const data::Prompt& prompt : t.prompts) {
    auto turns = prompt.turns;
    const auto asked = text::encode_prompt(t.assistant.tokenizer, t.assistant.format, turns);
    turns.push_back({false, "."});
    const auto shown = t.c.ppo.facts ? data::shuffled_facts(t.facts, prompt.image,
                                                            t.c.ppo.max_facts, t.key.at("facts"))
                                     : std::vector<std::string>{};
    const auto judged = text::encode_for_reward(t.assistant.tokenizer, t.assistant.format,
                                                t.reward_template, turns, shown);
    for (const auto* encoded : {&asked, &judged}) {
      engine::check_length(t.assistant, std::ssize(encoded->ids) + t.c.generation.max_tokens,
                           "prompt '" + prompt.id + "' and its answer", t.c.data.prompts);
    }
  }
}

void prepare_images(Trainer& t) {
  std::vector<std::string> images;
  for (const auto& prompt : t.prompts) images.push_back(prompt.image);
  t.features.prepare(t.assistant.model, images);
}

// The gradient needs the log-probabilities that the sampler drew from.
void check_sampling(const config::GenerationConfig& c) {
  if (c.temperature > 0 && c.top_p >= 1 && c.top_k == 0) return;
  throw ConfigError(Complaint{
      .component = "ppo",
      .doing = "checking how answers are sampled",
      .expected = "generation.temperature above 0, top_p = 1 and top_k = 0",
      .got = fmt::format("{}, {} and {}", c.temperature, c.top_p, c.top_k),
      .hint = "a cut distribution would not be the one whose log-probabilities are trained."});
}

}  // namespace

void ppo(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  check_sampling(c.generation);
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "ppo");
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto prompts = data::read_prompts(c.data.prompts, c.data.images);
  auto reward_template = text::load_reward_template(c.ppo.template_file);
  auto facts = c.ppo.facts ? data::read_facts(c.data.facts) : data::Facts{};
  if (c.ppo.facts) {
    std::vector<std::string> images;
    for (const auto& prompt : prompts) images.push_back(prompt.image);
    data::check_facts(facts, images, c.data.facts);
  }
  auto assistant = engine::load_assistant(c.model.path, c.model.conversation,
                                          tensor::choose_dtype(c.run.dtype, device), device);
  nn::Parameters parameters = attach_roles(assistant.model, c, key);
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  Trainer t{c,
            key,
            device,
            std::move(assistant),
            std::move(features),
            std::move(reward_template),
            std::move(prompts),
            std::move(facts),
            gold_subset(c),
            rl::make_kl_controller(c.ppo.kl_controller == config::KlControllerKind::Adaptive,
                                   c.ppo.kl_coef, c.ppo.kl_target, c.ppo.kl_horizon)};
  check_lengths(t);
  auto run = train::RunFolder::open(invocation.loaded, {invocation.resume, invocation.force},
                                    invocation.command);
  prepare_images(t);
  train::AdamW optimizer({{parameters, 1.0}}, train::adamw_options(c.optimizer));
  int64_t step = 0;
  if (const auto checkpoint = run.latest_checkpoint()) {
    checkpoint::restore(parameters, *checkpoint / "trainable.safetensors");
    optimizer.load_state(
        checkpoint::load_tensors((*checkpoint / "optimizer.safetensors").string()));
    t.kl_controller->set_coefficient(nlohmann::json::parse(read_file(*checkpoint / "state.json"))
                                         .at("kl_coefficient")
                                         .get<double>());
    step = train::RunFolder::step_of(*checkpoint);
  }
  const auto save = [&] {
    run.save_checkpoint(step, [&](const fs::path& folder) {
      checkpoint::save_tensors((folder / "trainable.safetensors").string(), parameters);
      checkpoint::save_tensors((folder / "optimizer.safetensors").string(), optimizer.state());
      checkpoint::save_adapter((folder / "adapter").string(), t.assistant.model, kPolicy,
                               c.model.path);
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

  print_plan(t, parameters);
  Progress progress(c.ppo.facts ? "ppo (facts)" : "ppo", c.ppo.total_steps, step);
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
    metrics.merge(optimise(t, optimizer, rollout, adv, step));
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
  train::check_finite_weights("ppo", parameters);
  if (c.ppo.eval_every > 0) run.metrics().record(step + 1, gold_or_save());
  checkpoint::save_adapter((run.path() / "adapter").string(), t.assistant.model, kPolicy,
                           c.model.path);
  run.finish();
}

}  // namespace plumbline::recipes
