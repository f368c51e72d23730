// Time and memory of this process.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace plumbline {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  void restart() { start_ = std::chrono::steady_clock::now(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Largest resident set of this process so far, in bytes.
int64_t peak_memory_bytes();

// From now on the largest is counted anew, where the system can do that (Linux).
void forget_peak_memory();

// The resident set now, in bytes; 0 where the system does not tell.
int64_t memory_bytes();

// "4:10" minutes and seconds, "1:04:10" with hours; to the nearest second, never below 0.
std::string duration_text(double seconds);

// Seconds since 1970, and the same as "2026-01-31T12:00:00Z".
double unix_seconds();
std::string timestamp();

}  // namespace plumbline
