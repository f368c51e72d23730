// PPO with a factually augmented reward model. One iteration is eight calls, in the paper's words:
// prompts, respond, score, shape, advantages, optimise, adjust, record (which the loop does).
#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/data/order.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/rl/kl_controller.h"
#include "plumbline/rlhf/actor_critic.h"
#include "plumbline/rlhf/gold.h"
#include "plumbline/rlhf/iteration_figures.h"
#include "plumbline/rlhf/measured.h"
#include "plumbline/rlhf/memory.h"
#include "plumbline/rlhf/rollout.h"
#include "plumbline/rlhf/shaped.h"
#include "plumbline/rlhf/team.h"
#include "plumbline/rlhf/update.h"
#include "plumbline/rlhf/user_terms.h"
#include "plumbline/rlhf/watch.h"
#include "plumbline/train/loop.h"

namespace plumbline::recipes {
namespace {

// What the policy is asked in an iteration; this process' part of it. There is no facts field: the
// policy cannot see them.
struct PromptBatch {
  std::vector<const data::Prompt*> prompts;
  int64_t first = 0;  // place of the first one among those of all processes
};

// Everything that outlives an iteration.
struct Ppo {
  const config::Config& c;
  RandomKey key;
  parallel::Communicator& processes;
  rlhf::ActorCritic roles;
  engine::RewardInput reward_input;
  std::vector<data::Prompt> prompts;
  std::vector<remote::AnswerScorer> user_terms;
  std::unique_ptr<rl::KlController> kl_controller;
  rl::Moments scores_seen;
  rlhf::Watch watch;
  train::Trainable trainable;
};

RandomKey key_of(const Ppo& t, const char* purpose, int64_t iteration) {
  return t.key.at(purpose).at(static_cast<uint64_t>(iteration));
}

PromptBatch next_prompts(const Ppo& t, int64_t iteration) {
  const int64_t count = t.c.ppo.rollout_size / t.c.ppo.samples_per_prompt;
  const auto [first, last] = rlhf::share_of(t.processes, count);
  PromptBatch batch{.prompts = {}, .first = first};
  for (const int64_t index :
       data::drawn_items(t.key.at("order"), iteration * count + first, last - first,
                         static_cast<int64_t>(t.prompts.size()))) {
    batch.prompts.push_back(&t.prompts[static_cast<size_t>(index)]);
  }
  return batch;
}

rlhf::Answered respond(Ppo& t, const PromptBatch& batch, int64_t iteration) {
  rlhf::Answered answers;
  answers.rollout =
      rlhf::respond(t.roles, batch.prompts, batch.first, key_of(t, "sample", iteration), t.c);
  answers.layout = rlhf::layout_of(answers.rollout.spans(), t.c);
  answers.first = batch.first * t.c.ppo.samples_per_prompt;
  return answers;
}

void score(Ppo& t, const PromptBatch& batch, rlhf::Answered& answers, int64_t iteration) {
  rlhf::measure_tokens(t.roles, answers.rollout, answers.layout, t.c, answers.measured);
  answers.measured.scores = rlhf::model_scores(t.roles, t.reward_input, answers.rollout,
                                               batch.first, key_of(t, "facts", iteration), t.c.ppo);
  for (const auto& term : t.user_terms) {
    answers.measured.users.push_back(
        rlhf::user_term(term, t.reward_input, answers.rollout, t.c.data.images));
  }
}

rlhf::Shaped shape(Ppo& t, const rlhf::Answered& answers) {
  auto terms = rlhf::terms_of(answers.rollout, answers.measured, t.scores_seen, t.c, t.processes);
  return rlhf::shape(std::move(terms), answers.measured, answers.layout,
                     t.kl_controller->coefficient(), t.c.ppo, t.processes);
}

rl::Advantages advantages(Ppo& t, const rlhf::Answered& answers, const rlhf::Shaped& shaped) {
  return rlhf::advantages_of(shaped, answers.measured, answers.layout, t.c.ppo, t.processes);
}

train::Metrics optimise(Ppo& t, const rlhf::Answered& answers, const rl::Advantages& adv,
                        int64_t iteration) {
  const auto of_all = [&](const tensor::Spans& spans) {
    const auto lengths = spans.lengths();
    return rlhf::gather(t.processes, {lengths.begin(), lengths.end()}, answers.first,
                        t.c.ppo.rollout_size);
  };
  const rlhf::Lesson lesson{.answered = answers,
                            .advantages = adv,
                            .num_positions = of_all(answers.layout.answers),
                            .num_tokens = of_all(answers.rollout.spans()),
                            .kl_coef = t.kl_controller->coefficient()};
  return rlhf::update(t.roles, lesson, iteration, key_of(t, "minibatch", iteration), t.c,
                      t.trainable, t.processes);
}

// Token rows of all processes' answers with their prompts.
int64_t num_rows(Ppo& t, const rlhf::Answered& answers) {
  double own = 0;
  for (const auto& ids : answers.rollout.actor.sequences) own += static_cast<double>(ids.size());
  return static_cast<int64_t>(t.processes.sums({own}).front());
}

void adjust(Ppo& t, const train::Metrics& figures) {
  t.kl_controller->update(figures.at("kl/k1"), t.c.ppo.rollout_size);
}

// What an iteration's answers were like; alarms are worth a warning.
train::Metrics describe(Ppo& t, const rlhf::Answered& answers, const rlhf::Shaped& shaped,
                        const rl::Advantages& adv) {
  auto figures = rlhf::figures_of({.answered = answers,
                                   .shaped = shaped,
                                   .advantages = adv,
                                   .total = t.c.ppo.rollout_size,
                                   .kl_coef = t.kl_controller->coefficient(),
                                   .compares_draws = t.c.ppo.logprobs_at_temperature},
                                  t.c.ppo.kl_in == config::KlPlace::Reward, t.processes);
  for (const std::string& alarm : t.watch.look(figures)) {
    if (t.processes.is_first()) log_warning("ppo: {}", alarm);
  }
  return figures;
}

// Greedy answers to the first prompts, so that one sees how they change, and some of the answers
// that were trained on.
void write_samples(Ppo& t, const fs::path& folder, const rlhf::Answered& answers,
                   const rlhf::Shaped& shaped, int64_t step) {
  constexpr size_t kShown = 8;
  const model::AdapterScope scope(t.roles.actor().model, engine::kPolicy);
  engine::LocalGenerator generator(
      t.roles.actor(), t.roles.actor_images(), t.c.generation.batch_size,
      {.ends = rlhf::ends_of(t.roles.actor(), t.c), .stops_on_signal = false});
  std::string lines;
  const auto add = [&](const data::Prompt& prompt, const std::string& answer,
                       const nlohmann::ordered_json& more) {
    nlohmann::ordered_json line{
        {"id", prompt.id},
        {"images", prompt.image.empty() ? std::vector<std::string>()
                                        : std::vector<std::string>{prompt.image}},
        {"prompt", prompt.turns.back().text},
        {"answer", answer}};
    line.update(more);
    lines += json_text(line) + "\n";
  };
  const std::vector<data::Prompt> fixed(
      t.prompts.begin(), t.prompts.begin() + std::min<int64_t>(kShown, std::ssize(t.prompts)));
  const auto greedy = generator.answer_prompts(fixed, t.c.generation.max_tokens);
  for (size_t i = 0; i < fixed.size(); ++i) add(fixed[i], greedy[i].text, {{"kind", "greedy"}});
  for (size_t i = 0; i < std::min<size_t>(kShown, answers.rollout.answers.size()); ++i) {
    nlohmann::ordered_json more{{"kind", "trained"}};
    for (const auto& term : shaped.terms) more["reward"][term.name] = term.values[i];
    more["kl"] = shaped.kl[i];
    add(*answers.rollout.prompts[i], answers.rollout.answers[i], more);
  }
  make_folders(folder / "samples");
  write_file(folder / "samples" / fmt::format("step-{:06}.jsonl", step), lines);
}

// Every prompt must leave room for an answer, under the policy and under the reward model, which
// reads its judgement, too. Returns the most rows of each.
rlhf::LongestRows check_lengths(Ppo& t) {
  rlhf::LongestRows longest;
  auto &actor = t.roles.actor(), &critic = t.roles.critic();
  for (const data::Prompt& prompt : t.prompts) {
    const auto check = [&](engine::Assistant& reader, int64_t num_rows, int64_t& most) {
      num_rows += t.c.generation.max_tokens;
      engine::check_length(reader, num_rows, "prompt '" + prompt.id + "' and its answer",
                           t.c.data.prompts);
      most = std::max(most, num_rows);
    };
    check(actor, std::ssize(text::encode_prompt(actor.tokenizer, actor.format, prompt.turns).ids),
          longest.actor);
    check(critic, t.reward_input.longest(critic, prompt.turns, ".", engine::fact_request(prompt)),
          longest.critic);
  }
  return longest;
}

// Sampling from a cut distribution is off-policy: what is trained are log-probabilities over the
// whole vocabulary.
void check_sampling(const config::GenerationConfig& c) {
  if (c.temperature <= 0) {
    throw ConfigError(Complaint{.component = "ppo",
                                .doing = "checking how answers are sampled",
                                .expected = "generation.temperature above 0",
                                .got = fmt::format("{}", c.temperature),
                                .hint = "greedy answers have nothing to be compared with."});
  }
  if (c.top_p >= 1 && c.top_k == 0 && c.min_tokens == 0) return;
  log_warning(
      "ppo: answers are drawn from a part of the vocabulary (top_p, top_k or min_tokens), but "
      "log-probabilities are those over all of it, as in other trainers");
}

void check_processes(const config::PpoConfig& c, const parallel::Communicator& processes) {
  const int64_t prompts = c.rollout_size / c.samples_per_prompt;
  if (processes.size() <= prompts) return;
  throw ConfigError(Complaint{.component = "ppo",
                              .doing = "sharing the prompts of an iteration out",
                              .expected = fmt::format("at most {} processes", prompts),
                              .got = std::to_string(processes.size()),
                              .where = "ppo.rollout_size / ppo.samples_per_prompt",
                              .hint = "start fewer, or raise ppo.rollout_size."});
}

// The reward model's prompt and the facts of all prompts.
engine::RewardInput load_reward_input(const config::Config& c,
                                      const std::vector<data::Prompt>& prompts,
                                      const engine::Assistant& critic) {
  auto input = engine::load_reward_input(c);
  std::vector<engine::FactRequest> requests;
  for (const auto& prompt : prompts) requests.push_back(engine::fact_request(prompt));
  input.read_facts(c.data.facts, requests, c.data.missing_facts);
  input.check_budget(critic.tokenizer, requests);
  return input;
}

nlohmann::json memory_of(const Ppo& t) {
  const rl::Moments& seen = t.scores_seen;
  return {{"kl_coefficient", t.kl_controller->coefficient()},
          {"scores", {seen.count, seen.mean, seen.squares}},
          {"watch", t.watch.memory()}};
}

void remember(Ppo& t, const nlohmann::json& memory) {
  t.kl_controller->set_coefficient(memory.at("kl_coefficient").get<double>());
  const auto& seen = memory.at("scores");
  t.scores_seen = {seen.at(0), seen.at(1), seen.at(2)};
  t.watch.remember(memory.at("watch"));
}

void set_up(train::Loop& loop, Ppo& t, const std::optional<rlhf::Gold>& gold) {
  if (gold) loop.evaluate_with([&] { return gold->measure(t.roles, t.c, t.processes); });
  loop.save_with([&](const fs::path& folder) {
    checkpoint::save_adapter(folder.string(), t.roles.actor().model, engine::kPolicy,
                             t.c.model.path);
  });
  loop.remember_with([&] { return memory_of(t); },
                     [&](const nlohmann::json& memory) { remember(t, memory); });
}

// Whoever judges for the run is tried out before anything heavy is loaded.
void try_out_judges(const std::vector<remote::AnswerScorer>& terms,
                    const std::optional<rlhf::Gold>& gold) {
  for (const auto& term : terms) rlhf::try_out(term);
  if (gold) gold->try_out_judge();
}

Ppo load(const config::Config& c, const parallel::Process& process,
         std::vector<data::Prompt> prompts, std::vector<remote::AnswerScorer> user_terms) {
  const auto key = random_key(c.run.seed, "ppo");
  const bool has_values = c.ppo.advantage == config::Advantage::Gae;
  const bool is_adaptive = c.ppo.kl_controller == config::KlControllerKind::Adaptive;
  auto roles = rlhf::ActorCritic::load(c, has_values, process.device, key);
  auto reward_input = load_reward_input(c, prompts, roles.critic());
  train::Trainable trainable("ppo", roles.trained(), c.optimizer);
  return {.c = c,
          .key = key,
          .processes = *process.all,
          .roles = std::move(roles),
          .reward_input = std::move(reward_input),
          .prompts = std::move(prompts),
          .user_terms = std::move(user_terms),
          .kl_controller = rl::make_kl_controller(is_adaptive, c.ppo.kl_coef, c.ppo.kl_target,
                                                  static_cast<double>(c.ppo.kl_horizon)),
          .scores_seen = {},
          .watch = rlhf::Watch(c.ppo),
          .trainable = std::move(trainable)};
}

void iterate(Ppo& t, train::Loop& loop) {
  const int64_t iteration = loop.step();
  train::PhaseTimer timer;
  const PromptBatch batch = next_prompts(t, iteration);
  rlhf::Answered answers;
  loop.interruptible([&] {
    answers = respond(t, batch, iteration);
    timer.phase("respond");
    score(t, batch, answers, iteration);
    timer.phase("score");
  });
  const rlhf::Shaped shaped = shape(t, answers);
  const rl::Advantages adv = advantages(t, answers, shaped);
  train::Metrics figures = describe(t, answers, shaped, adv);
  if (const double kl = figures.at("kl/k1"); rlhf::is_beyond_ceiling(kl, t.c.ppo)) {
    loop.save_checkpoint();
    throw rlhf::kl_ceiling_error(kl, t.c.ppo, iteration);
  }
  timer.phase("shape");
  figures.merge(optimise(t, answers, adv, iteration));
  timer.phase("optimise");
  adjust(t, figures);
  const int64_t every = t.c.ppo.samples_every;
  const bool shows = every > 0 && (iteration == 0 || (iteration + 1) % every == 0);
  if (shows && loop.folder()) write_samples(t, *loop.folder(), answers, shaped, iteration + 1);
  timer.phase("show");
  figures.merge(timer.metrics());
  loop.end_iteration(std::move(figures), num_rows(t, answers));
}

}  // namespace

void ppo(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  check_sampling(c.generation);
  const auto process = parallel::join(c.run.device, c.run.threads);
  check_processes(c.ppo, *process.all);
  const int64_t program_bytes = memory_bytes();
  auto prompts = data::read_prompts(c.data.prompts, c.data.images);
  const auto gold = rlhf::Gold::read(c);
  auto user_terms = rlhf::user_terms(c.ppo);
  if (process.all->is_first()) try_out_judges(user_terms, gold);
  Ppo t = load(c, process, std::move(prompts), std::move(user_terms));
  const auto longest = check_lengths(t);
  std::optional<train::Loop> loop;
  if (!invocation.dry_run) {
    loop.emplace(train::LoopOptions{.stage = "ppo",
                                    .label = t.reward_input.has_facts() ? "ppo (facts)" : "ppo",
                                    .eval_every = c.ppo.eval_every,
                                    .evaluates_first = true,
                                    .best_by = {.figure = "gold/score", .higher = true},
                                    .open = {invocation.resume, invocation.force},
                                    .command = invocation.command},
                 invocation.loaded, t.trainable, t.processes);
    set_up(*loop, t, gold);
  }
  log_info("ppo: {} prompts, {} iterations of {} answers, {} optimiser steps each, {} facts",
           t.prompts.size(), c.ppo.total_steps, c.ppo.rollout_size,
           c.ppo.epochs * (c.ppo.rollout_size / c.ppo.minibatch_size),
           t.reward_input.has_facts() ? "with" : "without");
  const auto images = data::images_of(t.prompts);
  const auto plan =
      rlhf::plan_memory(t.roles, longest, images, c, program_bytes, t.trainable.state_bytes());
  log_info("{}", engine::text_of(plan));
  t.roles.prepare(images);
  if (!loop) return;  // a dry run

  loop->begin(c.ppo.total_steps);
  while (!loop->is_done()) iterate(t, *loop);
  loop->finish("adapter", total(plan));
}

}  // namespace plumbline::recipes
