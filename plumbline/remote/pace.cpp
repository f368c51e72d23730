#include "plumbline/remote/pace.h"

#include <algorithm>

#include "plumbline/base/interrupt.h"
#include "plumbline/remote/attempts.h"

namespace plumbline::remote {

void Pace::wait() {
  stop_if_interrupted();
  if (per_minute_ <= 0) return;
  const std::chrono::duration<double> step(60 / per_minute_);
  Clock::time_point mine;
  {
    const std::lock_guard lock(mutex_);
    mine = std::max(next_, Clock::now());
    next_ = mine + std::chrono::duration_cast<Clock::duration>(step);
  }
  wait_seconds(std::chrono::duration<double>(mine - Clock::now()).count());
}

}  // namespace plumbline::remote
