#include "plumbline/rlhf/update.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "plumbline/data/order.h"
#include "plumbline/engine/roles.h"
#include "plumbline/rl/losses.h"

namespace plumbline::rlhf {
namespace {

// The own answers of a minibatch, by their places in the rollout.
std::vector<int64_t> own_of(const Lesson& lesson, const std::vector<int64_t>& minibatch) {
  std::vector<int64_t> own;
  for (const int64_t place : minibatch) {
    const int64_t s = place - lesson.answered.first;
    if (s >= 0 && s < lesson.answered.rollout.size()) own.push_back(s);
  }
  return own;
}

// One forward pass' answers, with what their positions are to learn.
struct Portion {
  rl::Layout layout;
  at::Tensor positions;     // of them in the whole layout
  at::Tensor weights = {};  // [p]

  at::Tensor pick(const at::Tensor& per_position) const {
    return per_position.index_select(0, positions.to(per_position.device()));
  }
};

class Minibatch {
 public:
  Minibatch(const Lesson& lesson, const std::vector<int64_t>& places, const config::Config& c)
      : lesson_(lesson), c_(c), own_(own_of(lesson, places)) {
    num_answers_ = static_cast<double>(places.size());
    for (const int64_t place : places) {
      num_positions_ += lesson.num_positions[static_cast<size_t>(place)];
      num_tokens_ += lesson.num_tokens[static_cast<size_t>(place)];
    }
  }

  std::vector<engine::ResponseBatch> batches(const engine::Responses& responses,
                                             engine::FeatureStore& images,
                                             at::Device device) const {
    return engine::response_batches(responses, own_, c_.ppo.micro_tokens, images, device);
  }
  Portion portion(const engine::ResponseBatch& batch, at::Device device) const {
    Portion portion{.layout = layout_of(batch.spans, c_),
                    .positions = engine::places_of(batch.chosen, lesson_.answered.layout.answers)};
    portion.weights = rl::position_weights(portion.layout.answers,
                                           c_.ppo.loss_weights == config::LossWeights::Answers,
                                           num_positions_, num_answers_)
                          .to(device);
    return portion;
  }

  double num_tokens() const { return num_tokens_; }

 private:
  const Lesson& lesson_;
  const config::Config& c_;
  std::vector<int64_t> own_;
  double num_answers_ = 0, num_positions_ = 0, num_tokens_ = 0;  // of all processes
};

// The log-probabilities of a batch's tokens under the policy that sampled.
at::Tensor old_of(const Lesson& lesson, const engine::ResponseBatch& batch) {
  const at::Tensor& all = lesson.answered.measured.logprobs;
  return all.index_select(
      0, engine::places_of(batch.chosen, lesson.answered.rollout.spans()).to(all.device()));
}

void add_policy_figures(const nn::TokenLogprobs& now, const at::Tensor& old_logprobs,
                        double num_tokens, double clip_range, train::Metrics& figures) {
  const at::Tensor weights = at::full_like(old_logprobs, 1 / num_tokens);
  const auto stats = rl::policy_stats(now.logprobs, old_logprobs, weights, clip_range);
  figures["policy/entropy"] += now.entropy.detach().sum().item<double>() / num_tokens;
  figures["policy/approx_kl"] += stats.approx_kl;
  figures["policy/clip_fraction"] += stats.clip_fraction;
  figures["policy/ratio_mean"] += stats.ratio_mean;
}

void policy_backward(ActorCritic& roles, const Lesson& lesson, const Minibatch& minibatch,
                     const config::Config& c, train::Trainable& trainable,
                     train::Metrics& figures) {
  engine::Assistant& actor = roles.actor();
  const auto& m = lesson.answered.measured;
  const at::Tensor old_logprobs = lesson.answered.layout.of_tokens(m.logprobs);
  const at::Tensor ref_logprobs = lesson.answered.layout.of_tokens(m.ref_logprobs);
  for (const auto& batch :
       minibatch.batches(lesson.answered.rollout.actor, roles.actor_images(), actor.device())) {
    const Portion part = minibatch.portion(batch, actor.device());
    const auto now =
        engine::response_logprobs(actor.model, batch, engine::kPolicy, logprob_temperature(c));
    const at::Tensor logprobs = part.layout.of_tokens(now.logprobs);
    const auto loss =
        rl::policy_loss(logprobs, part.pick(old_logprobs), part.pick(lesson.advantages.advantages),
                        part.weights, {.range = c.ppo.clip_range, .dual = c.ppo.dual_clip});
    const at::Tensor entropy = (part.layout.of_tokens(now.entropy) * part.weights).sum();
    at::Tensor total = loss.loss - c.ppo.entropy_coef * entropy;
    if (c.ppo.kl_in == config::KlPlace::Loss) {
      const at::Tensor kl = (kl_of(logprobs, part.pick(ref_logprobs), c.ppo) * part.weights).sum();
      total = total + lesson.kl_coef * kl;
      figures["loss/kl"] += kl.item<double>();
    }
    total.backward();
    trainable.collect_gradients();
    figures["loss/policy"] += loss.loss.item<double>();
    add_policy_figures(now, old_of(lesson, batch), minibatch.num_tokens(), c.ppo.clip_range,
                       figures);
  }
}

void value_backward(ActorCritic& roles, const Lesson& lesson, const Minibatch& minibatch,
                    const config::Config& c, train::Trainable& trainable, train::Metrics& figures) {
  engine::Assistant& critic = roles.critic();
  const at::Tensor old_values = lesson.answered.layout.of_values(lesson.answered.measured.values);
  for (const auto& batch : minibatch.batches(lesson.answered.rollout.critic(),
                                             roles.critic_images(), critic.device())) {
    const Portion part = minibatch.portion(batch, critic.device());
    const at::Tensor values = part.layout.of_values(
        engine::response_values(critic.model, batch, engine::kValue, part.layout.value_rows));
    const auto loss =
        rl::value_loss(values, part.pick(old_values), part.pick(lesson.advantages.returns),
                       part.weights, c.ppo.value_clip_range);
    (c.ppo.vf_coef * loss.loss).backward();
    trainable.collect_gradients();
    figures["loss/value"] += loss.loss.item<double>();
    figures["value/clip_fraction"] += loss.stats.clip_fraction;
    figures["value/error"] += loss.stats.error;
  }
}

// The same names in all processes, also in one that has no answer of a minibatch.
train::Metrics no_figures(const ActorCritic& roles, bool trains_policy, const config::Config& c) {
  train::Metrics figures;
  if (trains_policy) {
    for (const char* name : {"loss/policy", "policy/entropy", "policy/approx_kl",
                             "policy/clip_fraction", "policy/ratio_mean"}) {
      figures[name] = 0;
    }
    if (c.ppo.kl_in == config::KlPlace::Loss) figures["loss/kl"] = 0;
  }
  if (roles.has_values()) {
    for (const char* name : {"loss/value", "value/clip_fraction", "value/error"}) figures[name] = 0;
  }
  return figures;
}

std::string names_of(const Lesson& lesson, const std::vector<int64_t>& minibatch) {
  std::vector<std::string> ids;
  for (const int64_t s : own_of(lesson, minibatch)) {
    ids.push_back(lesson.answered.rollout.prompts[static_cast<size_t>(s)]->id);
  }
  return train::first_names("answers to prompts", ids);
}

}  // namespace

train::Metrics backward(ActorCritic& roles, const Lesson& lesson,
                        const std::vector<int64_t>& minibatch, bool trains_policy,
                        const config::Config& c, train::Trainable& trainable) {
  const Minibatch some(lesson, minibatch, c);
  train::Metrics figures = no_figures(roles, trains_policy, c);
  if (trains_policy) policy_backward(roles, lesson, some, c, trainable, figures);
  if (roles.has_values()) value_backward(roles, lesson, some, c, trainable, figures);
  return figures;
}

train::Metrics update(ActorCritic& roles, const Lesson& lesson, int64_t iteration, RandomKey key,
                      const config::Config& c, train::Trainable& trainable,
                      parallel::Communicator& processes) {
  const config::PpoConfig& p = c.ppo;
  const bool trains_policy = iteration >= p.value_warmup_steps;
  train::Metrics sums;
  double num_steps = 0;
  bool is_over = false;
  for (int64_t epoch = 0; epoch < p.epochs && !is_over; ++epoch) {
    const auto order = data::epoch_order(key, epoch, p.rollout_size);
    for (const auto& minibatch : data::batches(order, p.minibatch_size)) {
      trainable.zero_grad();
      train::Metrics figures = backward(roles, lesson, minibatch, trains_policy, c, trainable);
      std::vector<double> own;
      for (const auto& [name, value] : figures) own.push_back(value);
      const auto all = trainable.reduce(processes, own);
      auto next = all.begin();
      for (auto& [name, value] : figures) value = *next++;
      // Checked before the step: it would go further still.
      is_over =
          p.step_kl_limit > 0 && trains_policy && figures.at("policy/approx_kl") > p.step_kl_limit;
      if (is_over) break;
      figures.merge(trainable.step(iteration, p.total_steps, figures, names_of(lesson, minibatch)));
      for (const auto& [name, value] : figures) sums[name] += value;
      ++num_steps;
    }
  }
  for (auto& [name, value] : sums) value /= std::max(1.0, num_steps);
  sums["optimiser_steps"] = num_steps;  // fewer than planned where the limit was passed
  return sums;
}

}  // namespace plumbline::rlhf
