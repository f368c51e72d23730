#include "plumbline/rlhf/iteration_figures.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include "tests/unit/rlhf/tiny_roles.h"

namespace plumbline::rlhf {
namespace {

class IterationFiguresTest : public testing::Test, public TinyRoles {};

TEST_F(IterationFiguresTest, TellWhatAnswersWereLike) {
  auto roles = load();
  Answered answered{.rollout = rollout(roles)};
  Rollout& r = answered.rollout;
  Measured& m = answered.measured;
  m.scores = {1, 2, 3, 6};
  m.logprobs = at::full({12}, -1.0F);
  m.ref_logprobs = at::full({12}, -1.5F);
  m.values = at::zeros({12});
  r.sampled_logprobs = at::full({12}, -1.25F);
  answered.layout = layout_of(r.spans(), config_);
  const Shaped shaped{.terms = {{"score", m.scores}, {"length", {-1, -1, -1, -1}}},
                      .kl = {1.5, 0.5, 1, 3},
                      .rewards = at::zeros({12})};
  const rl::Advantages advantages{at::zeros({12}), at::arange(12, at::kFloat)};
  const auto alone = parallel::make_local();
  const auto figures = figures_of({.answered = answered,
                                   .shaped = shaped,
                                   .advantages = advantages,
                                   .total = 4,
                                   .kl_coef = 0.1},
                                  true, *alone);
  EXPECT_EQ(figures.at("reward/score"), 3);
  EXPECT_NEAR(figures.at("reward/score_std"), std::sqrt(3.5), 1e-9);
  EXPECT_NEAR(figures.at("reward/kl"), -0.15, 1e-9);
  EXPECT_NEAR(figures.at("reward/total"), 3 - 1 - 0.15, 1e-9);
  // Absolute means 3, 1 and 0.15.
  EXPECT_NEAR(figures.at("reward/score_share"), 3 / 4.15, 1e-9);
  EXPECT_NEAR(figures.at("kl/k1"), 0.5 * 12 / 4, 1e-6);
  EXPECT_NEAR(figures.at("kl/penalised"), 1.5, 1e-9);
  EXPECT_EQ(figures.at("response/length"), 3);
  EXPECT_EQ(figures.at("response/stopped"), 0.75);
  EXPECT_NEAR(figures.at("policy/decoder_gap"), 0.25, 1e-6);
  EXPECT_EQ(figures.at("value/explained_variance"), 0) << "constant values explain nothing";
}

}  // namespace
}  // namespace plumbline::rlhf
