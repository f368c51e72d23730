// Asking no faster than the other side allows.
#pragma once

#include <chrono>
#include <mutex>

namespace plumbline::remote {

// Spreads calls evenly over the minute. Threads may share it.
class Pace {
 public:
  // 0: as fast as one likes.
  explicit Pace(double per_minute) : per_minute_(per_minute) {}

  // Returns when the next call may be made: at once for the first one. Throws Interrupted when a
  // signal comes (base/interrupt.h).
  void wait();

 private:
  using Clock = std::chrono::steady_clock;

  double per_minute_;
  std::mutex mutex_;
  Clock::time_point next_ = Clock::now();
};

}  // namespace plumbline::remote
