#include "plumbline/rlhf/update.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/rlhf/shaped.h"
#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

// Four answers with scores, measured once; what the steps do of them.
class UpdateTest : public testing::Test, public TinyRoles {
 protected:
  UpdateTest() : roles_(load()) {
    rollout_ = rollout(roles_);
    layout_ = layout_of(rollout_.spans(), config_);
    measure_tokens(roles_, rollout_, layout_, config_, measured_);
    measured_.scores = {1, -1, 0.5, 2};
    rl::Moments scale;
    const auto shaped = shape(terms_of(rollout_, measured_, scale, config_, *alone_), measured_,
                              layout_, 0.1, config_.ppo, *alone_);
    advantages_ = advantages_of(shaped, measured_, layout_, config_.ppo, *alone_);
    config_.optimizer.lr = 1e-2;
  }
  Lesson lesson() const {
    std::vector<double> lengths;
    for (const int64_t n : layout_.answers.lengths()) lengths.push_back(static_cast<double>(n));
    return {answered_, advantages_, lengths, lengths, 0.1};
  }
  // Figures and the flat gradient of a minibatch.
  std::pair<train::Metrics, at::Tensor> gradient(const std::vector<int64_t>& minibatch) {
    train::Trainable trainable("test", roles_.trained(), config_.optimizer);
    trainable.zero_grad();
    auto figures = backward(roles_, lesson(), minibatch, true, config_, trainable);
    std::vector<at::Tensor> flat;
    for (const auto& [name, tensor] : trainable.parameters()) {
      flat.push_back(tensor.grad().defined() ? tensor.grad().flatten().clone()
                                             : at::zeros({tensor.numel()}));
    }
    return {figures, at::cat(flat)};
  }

  ActorCritic roles_;
  Answered answered_;
  Rollout& rollout_ = answered_.rollout;
  rl::Layout& layout_ = answered_.layout;
  Measured& measured_ = answered_.measured;
  rl::Advantages advantages_;
  const std::unique_ptr<parallel::Communicator> alone_ = parallel::make_local();
};

TEST_F(UpdateTest, TheFirstMinibatchHasRatioOneAndClipsNothing) {
  const auto [figures, flat] = gradient({0, 1, 2, 3});
  EXPECT_NEAR(figures.at("policy/ratio_mean"), 1, 1e-5);
  EXPECT_EQ(figures.at("policy/clip_fraction"), 0);
  EXPECT_NEAR(figures.at("policy/approx_kl"), 0, 1e-8);
  EXPECT_GT(flat.norm().item<double>(), 1e-6);
}

TEST_F(UpdateTest, NeitherOrderNorPassesMatter) {
  const auto [figures, flat] = gradient({0, 1, 2, 3});
  config_.ppo.micro_tokens = 1;
  const auto [split_figures, split] = gradient({3, 1, 0, 2});
  EXPECT_TRUE(at::allclose(flat, split, 1e-4, 1e-6));
  for (const auto& [name, value] : figures)
    EXPECT_NEAR(split_figures.at(name), value, 1e-5) << name;
}

// Halves whose weights are those of the whole add up to it: what several processes do.
TEST_F(UpdateTest, ProcessesAddUp) {
  const auto [figures, flat] = gradient({0, 1, 2, 3});
  const auto part = [&](int64_t first) {
    const auto ends = engine::answer_ends(roles_.actor());
    std::vector<const data::Prompt*> prompts;
    std::vector<text::TokenIds> tokens;
    for (int64_t s = first; s < first + 2; ++s) {
      prompts.push_back(rollout_.prompts[static_cast<size_t>(s)]);
      tokens.push_back(rollout_.tokens(s));
    }
    Answered own{.rollout = rollout_of(roles_, prompts, tokens, ends), .first = first};
    own.layout = layout_of(own.rollout.spans(), config_);
    const int64_t begin = rollout_.spans().begin(first), end = rollout_.spans().end(first + 1);
    Measured& measured = own.measured;
    measured.logprobs = measured_.logprobs.slice(0, begin, end);
    measured.ref_logprobs = measured_.ref_logprobs.slice(0, begin, end);
    measured.values = measured_.values.slice(0, begin, end);
    const rl::Advantages advantages{advantages_.advantages.slice(0, begin, end),
                                    advantages_.returns.slice(0, begin, end)};
    const std::vector<double> lengths = {3, 1, 2, 6};
    const Lesson lesson{own, advantages, lengths, lengths, 0.1};
    train::Trainable trainable("test", roles_.trained(), config_.optimizer);
    trainable.zero_grad();
    backward(roles_, lesson, {0, 1, 2, 3}, true, config_, trainable);
    std::vector<at::Tensor> of_part;
    for (const auto& [name, tensor] : trainable.parameters()) {
      of_part.push_back(tensor.grad().flatten().clone());
    }
    return at::cat(of_part);
  };
  EXPECT_TRUE(at::allclose(part(0) + part(2), flat, 1e-4, 1e-6));
}

// A step down the loss with the KL alone goes towards the reference.
TEST_F(UpdateTest, KlInTheLossPullsTowardsTheReference) {
  config_.ppo.kl_in = config::KlPlace::Loss;
  config_.ppo.kl_estimator = config::KlEstimatorKind::K2;
  EXPECT_NEAR(gradient({0, 1, 2, 3}).first.at("loss/kl"), 0, 1e-7) << "at the reference";
  disturb(roles_);
  measure_tokens(roles_, rollout_, layout_, config_, measured_);
  advantages_.advantages.zero_();
  advantages_.returns.zero_();
  config_.optimizer.lr = 1e-2;
  train::Trainable trainable("test", roles_.trained(), config_.optimizer);
  std::vector<double> kls;
  for (int step = 0; step < 5; ++step) {
    trainable.zero_grad();
    kls.push_back(backward(roles_, lesson(), {0, 1, 2, 3}, true, config_, trainable).at("loss/kl"));
    trainable.step(0, 1, {});
  }
  EXPECT_GT(kls.front(), 1e-5);
  EXPECT_LT(kls.back(), 0.8 * kls.front());
}

TEST_F(UpdateTest, StepsRaiseTheLikelihoodOfWhatWasGood) {
  config_.ppo.epochs = 8;
  train::Trainable trainable("test", roles_.trained(), config_.optimizer);
  const auto figures =
      update(roles_, lesson(), 0, random_key(1, "update_test"), config_, trainable, *alone_);
  EXPECT_EQ(figures.at("optimiser_steps"), 16);
  Measured later;
  measure_tokens(roles_, rollout_, layout_, config_, later);
  const at::Tensor gain = (later.logprobs - measured_.logprobs) * advantages_.advantages;
  EXPECT_GT(gain.sum().item<double>(), 0.01);
}

TEST_F(UpdateTest, NothingChangesInValueWarmupButTheValues) {
  config_.ppo.value_warmup_steps = 1;
  train::Trainable trainable("test", roles_.trained(), config_.optimizer);
  std::map<std::string, at::Tensor> before;
  for (const auto& [name, tensor] : roles_.trained()) before[name] = tensor.detach().clone();
  update(roles_, lesson(), 0, random_key(1, "update_test"), config_, trainable, *alone_);
  bool has_value_changed = false;
  for (const auto& [name, tensor] : roles_.trained()) {
    const bool is_same = at::equal(tensor, before.at(name));
    if (name.starts_with("policy.")) {
      EXPECT_TRUE(is_same) << name;
    }
    has_value_changed |= !is_same;
  }
  EXPECT_TRUE(has_value_changed);
}

TEST_F(UpdateTest, StepsEndWhenThePolicyHasGoneFarEnough) {
  config_.ppo.epochs = 50;
  config_.ppo.step_kl_limit = 1e-4;
  train::Trainable trainable("test", roles_.trained(), config_.optimizer);
  const auto figures =
      update(roles_, lesson(), 0, random_key(1, "update_test"), config_, trainable, *alone_);
  EXPECT_GT(figures.at("optimiser_steps"), 0);
  EXPECT_LT(figures.at("optimiser_steps"), 100);
  EXPECT_LE(figures.at("policy/approx_kl"), 1e-4);
}

TEST_F(UpdateTest, WhatIsNotFiniteChangesNoWeight) {
  advantages_.advantages.fill_(std::numeric_limits<float>::quiet_NaN());
  train::Trainable trainable("test", roles_.trained(), config_.optimizer);
  const at::Tensor before = trainable.parameters().begin()->second.detach().clone();
  EXPECT_THROW(
      update(roles_, lesson(), 0, random_key(1, "update_test"), config_, trainable, *alone_),
      NumericError);
  EXPECT_TRUE(at::equal(before, trainable.parameters().begin()->second));
}

}  // namespace
}  // namespace plumbline::rlhf
