#include "plumbline/judge/parallel_replies.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"

namespace plumbline::judge {
namespace {

struct Outcome {
  size_t index;
  api::JudgeReply reply = {};
  std::exception_ptr error = {};
  bool is_only_this = false;  // whether the error says nothing about other requests
};

// The threads and what they bring.
class Workers {
 public:
  using Ask = std::function<api::JudgeReply(size_t)>;

  Workers(size_t count, int parallel, const Ask& ask) : count_(count), ask_(ask) {
    const size_t num_threads = std::min(count, static_cast<size_t>(std::max(parallel, 1)));
    num_running_ = num_threads;
    for (size_t i = 0; i < num_threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Workers() {
    stop();
    for (auto& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // The next outcome, waited for; nothing when all have come.
  std::optional<Outcome> next();

 private:
  void work();
  Outcome outcome_of(size_t index) const;
  void stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }

  const size_t count_;
  const Ask& ask_;
  std::mutex mutex_;
  std::condition_variable has_come_;
  std::deque<Outcome> outcomes_;
  size_t next_ = 0;
  size_t num_running_;
  bool is_stopped_ = false;
  bool has_told_ = false;
  std::vector<std::thread> threads_;
};

Outcome Workers::outcome_of(size_t index) const {
  try {
    return {.index = index, .reply = ask_(index)};
  } catch (const DataError&) {
    return {.index = index, .error = std::current_exception(), .is_only_this = true};
  } catch (...) {
    return {.index = index, .error = std::current_exception()};
  }
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (!is_stopped_ && next_ < count_) {
    const size_t index = next_++;
    lock.unlock();
    Outcome outcome = outcome_of(index);
    lock.lock();
    is_stopped_ = is_stopped_ || (outcome.error && !outcome.is_only_this);
    outcomes_.push_back(std::move(outcome));
    has_come_.notify_one();
  }
  --num_running_;
  has_come_.notify_one();
}

std::optional<Outcome> Workers::next() {
  std::unique_lock lock(mutex_);
  while (outcomes_.empty() && num_running_ > 0) {
    has_come_.wait_for(lock, std::chrono::milliseconds(50));
    if (received_signal() == 0) continue;
    is_stopped_ = true;
    if (outcomes_.empty() && num_running_ > 0 && !std::exchange(has_told_, true)) {
      log_info("Waiting for {} replies that are under way; another signal ends this at once.",
               num_running_);
    }
  }
  if (outcomes_.empty()) return std::nullopt;
  Outcome outcome = std::move(outcomes_.front());
  outcomes_.pop_front();
  return outcome;
}

}  // namespace

void parallel_replies(size_t count, int parallel, const Workers::Ask& ask,
                      const api::Judge::Take& take) {
  std::optional<Outcome> worst;
  {
    Workers workers(count, parallel, ask);
    while (auto outcome = workers.next()) {
      if (!outcome->error) {
        take(outcome->index, outcome->reply);
        continue;
      }
      const auto rank = [](const Outcome& o) { return std::pair(o.is_only_this, o.index); };
      if (!worst || rank(*outcome) < rank(*worst)) worst = std::move(outcome);
    }
  }
  stop_if_interrupted();
  if (worst) std::rethrow_exception(worst->error);
}

}  // namespace plumbline::judge
