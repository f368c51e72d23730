// Pictures prepared ahead by threads, with bounded memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace plumbline::image {

// Loads pictures in the order in which they are announced, at most `most_ahead` beyond what has
// been taken. One thread announces and takes.
class PixelFeed {
 public:
  // What a picture's name becomes; called by several threads at a time.
  using Load = std::function<std::vector<float>(const std::string& name)>;

  PixelFeed(Load load, int64_t num_threads, int64_t most_ahead);
  ~PixelFeed();  // what is being loaded is waited for, the rest forgotten
  PixelFeed(const PixelFeed&) = delete;
  PixelFeed& operator=(const PixelFeed&) = delete;

  void announce(const std::vector<std::string>& names);
  // The pixels of the oldest announced picture that has not been taken, which must be `name`
  // (InternalError); one that was not announced is loaded now. Throws what loading threw.
  std::vector<float> take(const std::string& name);

 private:
  struct Slot {
    std::string name;
    bool is_done = false;
    std::vector<float> pixels = {};
    std::exception_ptr failure = {};
  };
  void work();

  Load load_;
  const int64_t most_ahead_;
  std::mutex mutex_;
  std::condition_variable may_start_, has_finished_;
  std::deque<std::shared_ptr<Slot>> slots_;  // announced and not taken
  size_t num_started_ = 0;                   // of these, from the front
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace plumbline::image
