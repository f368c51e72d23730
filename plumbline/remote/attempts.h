// Trying again, later and later.
#pragma once

#include <cstdint>
#include <string>

namespace plumbline::remote {

struct Retries {
  int64_t count = 3;                 // further attempts after the first
  double first_wait_seconds = 0.5;   // doubled for each attempt after that
  double longest_wait_seconds = 60;  // of one wait, also when the other side asks for more
};

// Sleeps. Throws Interrupted as soon as a signal comes (base/interrupt.h).
void wait_seconds(double seconds);

// Counts the attempts at one thing.
class Attempts {
 public:
  explicit Attempts(const Retries& retries) : retries_(retries) {}

  // After an attempt that failed with the error `why`: logs it, waits, and returns true; false at
  // once when none is left. Waits `asked_seconds` where that is longer. Throws Interrupted when a
  // signal comes.
  bool wait_for_next(const std::string& why, double asked_seconds = 0);

 private:
  Retries retries_;
  int64_t num_failed_ = 0;
};

}  // namespace plumbline::remote
