#include "plumbline/judge/budget.h"

#include <fmt/format.h>

#include "plumbline/base/log.h"

namespace plumbline::judge {
namespace {

constexpr const char* kHint =
    "what was answered is kept; run the same command again, with a new budget or a larger one.";

BudgetReached reached(const std::string& expected, const std::string& got) {
  return BudgetReached({.component = "eval",
                        .doing = "asking a service",
                        .expected = expected,
                        .got = got,
                        .hint = kHint});
}

}  // namespace

void Budget::spend_request() {
  const std::lock_guard lock(mutex_);
  if (limits_.requests > 0 && num_requests_ >= limits_.requests) {
    throw reached(fmt::format("at most {} requests, as the budget says", limits_.requests),
                  "a need for more");
  }
  if (limits_.tokens > 0 && num_tokens_ >= limits_.tokens) {
    throw reached(
        fmt::format("at most {} tokens, as the budget says", limits_.tokens),
        fmt::format("{} after {} requests, and a need for more", num_tokens_, num_requests_));
  }
  ++num_requests_;
}

void Budget::spend_tokens(std::optional<int64_t> tokens) {
  const std::lock_guard lock(mutex_);
  num_tokens_ += tokens.value_or(0);
  if (tokens || limits_.tokens == 0 || has_warned_) return;
  has_warned_ = true;
  log_warning(
      "[eval] The service does not say how many tokens it used: the budget of {} tokens "
      "cannot be kept.",
      limits_.tokens);
}

int64_t Budget::num_requests() const {
  const std::lock_guard lock(mutex_);
  return num_requests_;
}

int64_t Budget::num_tokens() const {
  const std::lock_guard lock(mutex_);
  return num_tokens_;
}

}  // namespace plumbline::judge
