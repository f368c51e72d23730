#include "plumbline/rlhf/shaped.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class ShapedTest : public testing::Test, public TinyRoles {
 protected:
  ShapedTest() : roles_(load()), rollout_(rollout(roles_)) {
    measured_.scores = {1, 2, 3, 4};
    measured_.logprobs = at::zeros({12});
    measured_.ref_logprobs = at::full({12}, -0.5F);
    measured_.values = at::zeros({12});
    config_.ppo.missing_end_penalty = -8;
    config_.ppo.length_penalty = -6;
    config_.ppo.kl_coef = 0.1;
  }
  std::vector<rl::Term> terms() { return terms_of(rollout_, measured_, scale_, config_, *alone_); }
  Shaped shaped() {
    return shape(terms(), measured_, layout_of(rollout_.spans(), config_), 0.1, config_.ppo,
                 *alone_);
  }
  const std::vector<double>& term(const std::vector<rl::Term>& all, const std::string& name) {
    for (const auto& one : all) {
      if (one.name == name) return one.values;
    }
    ADD_FAILURE() << "no term " << name;
    return all.front().values;
  }

  ActorCritic roles_;
  Rollout rollout_;
  Measured measured_;
  rl::Moments scale_;
  const std::unique_ptr<parallel::Communicator> alone_ = parallel::make_local();
};

TEST_F(ShapedTest, EveryTermHasItsName) {
  rollout_.answers = {"a cup. a cup.", "", "no", "x"};
  prompts_[2].caption_type = data::CaptionType::No;
  config_.ppo.repetition_penalty = -0.5;
  measured_.users = {{"mine", {0, 1, 0, 1}}};
  const auto all = terms();
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.name);
  auto expected = own_terms();
  expected.emplace_back("mine");
  EXPECT_EQ(names, expected);
  EXPECT_EQ(term(all, "score"), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(term(all, "missing_end"), (std::vector<double>{0, 0, 0, -8}));
  EXPECT_EQ(term(all, "length"), (std::vector<double>{-3, -1, -2, -6}));
  EXPECT_EQ(term(all, "repetition"), (std::vector<double>{-0.5, 0, 0, 0}));
  EXPECT_EQ(term(all, "correctness"), (std::vector<double>{0, 0, 1, 0}));
  EXPECT_EQ(term(all, "mine"), (std::vector<double>{0, 1, 0, 1}));
}

TEST_F(ShapedTest, APenaltyMayStandInPlaceOfTheScore) {
  config_.ppo.missing_end = config::MissingEnd::Instead;
  const auto all = terms();
  EXPECT_EQ(term(all, "score")[3] + term(all, "missing_end")[3], -8);
  EXPECT_EQ(term(all, "missing_end")[0], 0);
}

TEST_F(ShapedTest, ScoresAreScaledByTheFirstOnesOrByAllSoFar) {
  config_.ppo.score_scale = config::ScoreScale::Reference;
  const double deviation = std::sqrt(1.25);
  EXPECT_NEAR(term(terms(), "score")[0], -1.5 / deviation, 1e-6);
  measured_.scores = {11, 12, 13, 14};
  EXPECT_NEAR(term(terms(), "score")[0], 8.5 / deviation, 1e-6) << "still those of the first";
  scale_ = {};
  config_.ppo.score_scale = config::ScoreScale::Running;
  terms();
  EXPECT_EQ(scale_.count, 4);
  measured_.scores = {1, 2, 3, 4};
  terms();
  EXPECT_EQ(scale_.count, 8);
  EXPECT_NEAR(scale_.mean, 7.5, 1e-12);
}

TEST_F(ShapedTest, TheRewardArrivesAtTheEndAndTheKlWithEachToken) {
  const auto s = shaped();
  EXPECT_EQ(s.kl, (std::vector<double>{1.5, 0.5, 1, 3}));
  const at::Tensor expected = at::tensor({-.05F, -.05F, -.05F - 2, -.05F + 1, -.05F, -.05F + 1,
                                          -.05F, -.05F, -.05F, -.05F, -.05F, -.05F - 10});
  EXPECT_TRUE(at::allclose(s.rewards, expected)) << s.rewards;
  config_.ppo.kl_in = config::KlPlace::Loss;
  EXPECT_TRUE(at::allclose(shaped().rewards, expected + 0.05)) << "the loss has the KL";
}

TEST_F(ShapedTest, PaddedRewardsStandAtTheLastPadding) {
  config_.ppo.positions = config::Positions::Padded;
  const at::Tensor rewards = shaped().rewards.view({4, 6});
  EXPECT_NEAR(rewards[1][5].item<double>(), 1, 1e-6);
  EXPECT_NEAR(rewards[1][0].item<double>(), -0.05, 1e-6);
  EXPECT_EQ(rewards[1][3].item<double>(), 0);
}

TEST_F(ShapedTest, WhitenedRewardsKeepTheirMean) {
  config_.ppo.whiten_rewards = true;
  const at::Tensor rewards = shaped().rewards;
  EXPECT_NEAR(rewards.std(/*unbiased=*/false).item<double>(), 1, 1e-4);
  config_.ppo.whiten_rewards = false;
  EXPECT_NEAR(rewards.mean().item<double>(), shaped().rewards.mean().item<double>(), 1e-5);
}

TEST_F(ShapedTest, EstimatorsAreThoseAskedFor) {
  config_.ppo.kl_coef = 0;
  const auto layout = layout_of(rollout_.spans(), config_);
  const auto advantages = [&](config::Advantage kind) {
    config_.ppo.advantage = kind;
    config_.ppo.samples_per_prompt = 2;
    return advantages_of(shape(terms(), measured_, layout, 0, config_.ppo, *alone_), measured_,
                         layout, config_.ppo, *alone_)
        .advantages;
  };
  // Rewards of the answers: -2, 1, 1, -10.
  const at::Tensor rloo = advantages(config::Advantage::Rloo);
  EXPECT_NEAR(rloo[0].item<double>(), -3, 1e-5);
  EXPECT_NEAR(rloo[3].item<double>(), 3, 1e-5);
  EXPECT_NEAR(rloo[11].item<double>(), -11, 1e-5);
  EXPECT_NEAR(advantages(config::Advantage::Grpo)[0].item<double>(), -1, 1e-3);
  for (const auto kind : {config::Advantage::Gae, config::Advantage::ReinforcePp}) {
    const at::Tensor whitened = advantages(kind);
    EXPECT_NEAR(whitened.mean().item<double>(), 0, 1e-5);
    EXPECT_NEAR(whitened.std(/*unbiased=*/false).item<double>(), 1, 1e-4);
  }
}

TEST_F(ShapedTest, ATermBeyondAllBoundsIsNamed) {
  measured_.users = {{"mine", {0, 1e300, 0, 1}}};
  try {
    shaped();
    ADD_FAILURE() << "it was added up";
  } catch (const NumericError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("'mine'"));
  }
}

}  // namespace
}  // namespace plumbline::rlhf
