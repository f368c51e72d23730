#include "plumbline/judge/budget.h"

#include <gmock/gmock.h>

#include "tests/support/scratch.h"

namespace plumbline::judge {
namespace {

using support::error_text;
using testing::HasSubstr;

TEST(Budget, EndsWithTheRequests) {
  Budget budget({.requests = 2});
  budget.spend_request();
  budget.spend_request();
  const auto text = error_text<BudgetReached>([&] { budget.spend_request(); });
  EXPECT_THAT(text, HasSubstr("expected at most 2 requests"));
  EXPECT_THAT(text, HasSubstr("run the same command again"));
  EXPECT_EQ(budget.num_requests(), 2);
}

TEST(Budget, EndsWithTheTokens) {
  Budget budget({.tokens = 100});
  for (int i = 0; i < 2; ++i) {
    budget.spend_request();
    budget.spend_tokens(51);
  }
  const auto text = error_text<BudgetReached>([&] { budget.spend_request(); });
  EXPECT_THAT(text, HasSubstr("expected at most 100 tokens"));
  EXPECT_THAT(text, HasSubstr("got 102 after 2 requests"));
}

TEST(Budget, NeedNotBe) {
  Budget budget({});
  for (int i = 0; i < 1000; ++i) {
    budget.spend_request();
    budget.spend_tokens(1'000'000);
  }
  EXPECT_EQ(budget.num_tokens(), 1'000'000'000);
}

TEST(Budget, SaysOnceThatTokensAreNotCounted) {
  Budget budget({.tokens = 10});
  testing::internal::CaptureStderr();
  budget.spend_tokens({});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("cannot be kept"));
  testing::internal::CaptureStderr();
  budget.spend_tokens({});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Budget, IsAnErrorOfData) {
  Budget budget({.requests = 1});
  budget.spend_request();
  try {
    budget.spend_request();
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.exit_code(), 3);
  }
}

}  // namespace
}  // namespace plumbline::judge
