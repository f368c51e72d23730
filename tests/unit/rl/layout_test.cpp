#include "plumbline/rl/layout.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/rl/gae.h"
#include "plumbline/rl/kl.h"
#include "plumbline/rl/reward_terms.h"
#include "tests/support/compare.h"

namespace plumbline::rl {
namespace {

at::Tensor numbers(const std::vector<int64_t>& values) { return at::tensor(values, at::kLong); }

TEST(AnswerLayout, HasAPositionAndAValueForEachToken) {
  const auto responses = tensor::Spans::from_lengths({2, 0, 3});
  const Layout layout = answer_layout(responses);
  EXPECT_EQ(layout.answers, responses);
  EXPECT_EQ(layout.value_rows, responses);
  const at::Tensor per_token = at::rand({5});
  EXPECT_TRUE(at::equal(layout.of_tokens(per_token), per_token));
  EXPECT_TRUE(at::equal(layout.of_values(per_token), per_token));
}

// Answers of 2, 3 and 0 tokens padded to 3: 3, 3 and 1 values.
TEST(PaddedLayout, HandWorked) {
  const Layout layout = padded_layout(tensor::Spans::from_lengths({2, 3, 0}), 3);
  EXPECT_EQ(layout.answers, tensor::Spans::from_lengths({3, 3, 3}));
  EXPECT_EQ(layout.value_rows, tensor::Spans::from_lengths({3, 3, 1}));
  EXPECT_TRUE(at::equal(layout.tokens, numbers({0, 1, 5, 2, 3, 4, 5, 5, 5}))) << layout.tokens;
  EXPECT_TRUE(at::equal(layout.values, numbers({0, 1, 2, 3, 4, 5, 6, 6, 6}))) << layout.values;
}

TEST(PaddedLayout, FurtherPaddingHasTheValueBehindTheAnswerAndLogProbabilityZero) {
  const Layout layout = padded_layout(tensor::Spans::from_lengths({1, 2}), 4);
  const at::Tensor logprobs = at::tensor({-0.5F, -1.0F, -2.0F});
  const at::Tensor values = at::tensor({1.0F, 9.0F, 2.0F, 3.0F, 8.0F});
  EXPECT_TRUE(at::equal(layout.of_tokens(logprobs),
                        at::tensor({-0.5F, 0.0F, 0.0F, 0.0F, -1.0F, -2.0F, 0.0F, 0.0F})));
  EXPECT_TRUE(at::equal(layout.of_values(values),
                        at::tensor({1.0F, 9.0F, 9.0F, 9.0F, 2.0F, 3.0F, 8.0F, 8.0F})));
  const at::Tensor ref = layout.of_tokens(logprobs - 0.25);
  for (const auto e : {KlEstimator::K1, KlEstimator::K1Clamped, KlEstimator::K2, KlEstimator::K3}) {
    const at::Tensor kl = kl_per_token(layout.of_tokens(logprobs), ref, e);
    EXPECT_TRUE(at::equal(kl.ne(0), layout.tokens.lt(3))) << kl;
  }
}

TEST(PaddedLayout, OfFullAnswersIsAnswerLayout) {
  const auto responses = tensor::Spans::from_lengths({3, 3});
  const Layout padded = padded_layout(responses, 3), plain = answer_layout(responses);
  EXPECT_EQ(padded.answers, plain.answers);
  EXPECT_EQ(padded.value_rows, plain.value_rows);
  EXPECT_TRUE(at::equal(padded.tokens, plain.tokens));
  EXPECT_TRUE(at::equal(padded.values, plain.values));
}

TEST(PaddedLayout, GradientsReachWhatPositionsRead) {
  const Layout layout = padded_layout(tensor::Spans::from_lengths({1, 2, 4}), 4);
  const at::Tensor logprobs = at::zeros({7}).requires_grad_(true);
  const at::Tensor values = at::zeros({9}).requires_grad_(true);
  // Position p counts p + 1 times.
  const at::Tensor counts = at::arange(1, 13, at::kFloat);
  (layout.of_tokens(logprobs) * counts).sum().backward();
  (layout.of_values(values) * counts).sum().backward();
  EXPECT_TRUE(at::equal(logprobs.grad(), at::tensor({1.0F, 5.0F, 6.0F, 9.0F, 10.0F, 11.0F, 12.0F})))
      << logprobs.grad();
  // The row behind the first answer is read by three positions, that behind the second by two.
  EXPECT_TRUE(at::equal(values.grad(), at::tensor({1.0F, 2.0F + 3.0F + 4.0F, 5.0F, 6.0F,
                                                   7.0F + 8.0F, 9.0F, 10.0F, 11.0F, 12.0F})))
      << values.grad();
}

// Undiscounted, a token sees the same rewards to come and its own value, wherever the reward is.
TEST(PaddedLayout, UndiscountedAdvantagesOfTokensAreThoseWithoutPadding) {
  const auto responses = tensor::Spans::from_lengths({2, 4, 1});
  const Layout padded = padded_layout(responses, 5), plain = answer_layout(responses);
  const std::vector<double> totals = {1.5, -0.5, 2};
  const at::Tensor kl = at::tensor({0.1F, -0.2F, 0.3F, 0.4F, -0.5F, 0.6F, 0.7F});
  const at::Tensor values =
      at::tensor({0.5F, 0.25F, 7.0F, -1.0F, 1.0F, 0.75F, 2.0F, 8.0F, 0.125F, 9.0F});
  const at::Tensor own_values = values.index_select(0, numbers({0, 1, 3, 4, 5, 6, 8}));
  const auto of = [&](const Layout& layout, const at::Tensor& read, double gamma, double lambda) {
    const auto rewards =
        shape_rewards(totals, layout.of_tokens(kl), layout.answers, /*kl_coef=*/0.5, /*scale=*/2);
    return gae(rewards, layout.of_values(read), layout.answers, gamma, lambda);
  };
  const at::Tensor of_tokens = padded.tokens.lt(responses.total()).nonzero().squeeze(1);
  const auto wide = of(padded, values, 1, 1), narrow = of(plain, own_values, 1, 1);
  EXPECT_TRUE(
      support::is_close(wide.advantages.index_select(0, of_tokens), narrow.advantages, 1e-6));
  EXPECT_TRUE(support::is_close(wide.returns.index_select(0, of_tokens), narrow.returns, 1e-6));
  // Discounting makes the reward at the last padding smaller than one at the last token.
  EXPECT_FALSE(support::is_close(of(padded, values, 0.9, 1).advantages.index_select(0, of_tokens),
                                 of(plain, own_values, 0.9, 1).advantages, 1e-2));
}

TEST(PaddedLayout, ReadsARowBehindAnAnswerOnlyWhereItHasPadding) {
  const Layout layout = padded_layout(tensor::Spans::from_lengths({2, 1}), 2);
  EXPECT_EQ(layout.value_rows, tensor::Spans::from_lengths({2, 2}));
  EXPECT_TRUE(at::equal(layout.values, numbers({0, 1, 2, 3})));
}

TEST(PaddedLayout, RefusesWhatDoesNotFit) {
  EXPECT_THROW(padded_layout(tensor::Spans::from_lengths({1, 3}), 2), InternalError);
  const Layout layout = padded_layout(tensor::Spans::from_lengths({1, 2}), 3);
  EXPECT_THROW(layout.of_values(at::zeros({3})), InternalError);
}

}  // namespace
}  // namespace plumbline::rl
