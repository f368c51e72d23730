#include "plumbline/remote/attempts.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "plumbline/base/clock.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"

namespace plumbline::remote {

void wait_seconds(double seconds) {
  constexpr double kSlice = 0.02;  // between looks for a signal
  const Stopwatch watch;
  for (double left = seconds; left > 0; left = seconds - watch.seconds()) {
    stop_if_interrupted();
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left, kSlice)));
  }
  stop_if_interrupted();
}

bool Attempts::wait_for_next(const std::string& why, double asked_seconds) {
  if (num_failed_ >= retries_.count) return false;
  const double doubled = std::ldexp(retries_.first_wait_seconds, static_cast<int>(num_failed_));
  const double seconds = std::min(std::max(doubled, asked_seconds), retries_.longest_wait_seconds);
  ++num_failed_;
  log_warning("{}\nTrying again in {:.3g} s ({} of {}).", why, seconds, num_failed_,
              retries_.count);
  wait_seconds(seconds);
  return true;
}

}  // namespace plumbline::remote
