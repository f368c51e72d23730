// How much a judge may be asked.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "plumbline/base/error.h"

namespace plumbline::judge {

// The budget of a run is used up. What was answered is kept. Exit code 3.
class BudgetReached : public Error {
 public:
  explicit BudgetReached(const Complaint& complaint) : Error(message(complaint), 3) {}
};

struct BudgetLimits {
  int64_t requests = 0;  // attempts that fail count, too; 0: no limit
  int64_t tokens = 0;    // as the service counts them, in and out; 0: no limit
};

// What one run has asked so far. Threads may share it.
class Budget {
 public:
  explicit Budget(BudgetLimits limits) : limits_(limits) {}

  // Call before each request. Throws BudgetReached when one more is not allowed.
  void spend_request();

  // Call with what a reply cost, or nothing where the service does not say. The reply that goes
  // beyond the limit is the last one: requests that are under way may still add to it.
  void spend_tokens(std::optional<int64_t> tokens);

  int64_t num_requests() const;
  int64_t num_tokens() const;

 private:
  BudgetLimits limits_;
  mutable std::mutex mutex_;
  int64_t num_requests_ = 0;
  int64_t num_tokens_ = 0;
  bool has_warned_ = false;
};

}  // namespace plumbline::judge
