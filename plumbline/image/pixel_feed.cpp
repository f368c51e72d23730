#include "plumbline/image/pixel_feed.h"

#include <algorithm>
#include <exception>

#include "plumbline/base/error.h"

namespace plumbline::image {

PixelFeed::PixelFeed(Load load, int64_t num_threads, int64_t most_ahead)
    : load_(std::move(load)), most_ahead_(std::max<int64_t>(1, most_ahead)) {
  for (int64_t i = 0; i < std::max<int64_t>(1, num_threads); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

PixelFeed::~PixelFeed() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  may_start_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void PixelFeed::announce(const std::vector<std::string>& names) {
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& name : names) slots_.push_back(std::make_shared<Slot>(Slot{name}));
  }
  may_start_.notify_all();
}

std::vector<float> PixelFeed::take(const std::string& name) {
  std::unique_lock lock(mutex_);
  if (slots_.empty()) {
    lock.unlock();
    return load_(name);
  }
  const std::shared_ptr<Slot> slot = slots_.front();
  PLUMBLINE_CHECK(slot->name == name, "announced '" + slot->name + "', asked for '" + name + "'");
  has_finished_.wait(lock, [&] { return slot->is_done; });
  slots_.pop_front();
  --num_started_;
  lock.unlock();
  may_start_.notify_one();
  if (slot->failure) std::rethrow_exception(slot->failure);
  return std::move(slot->pixels);
}

void PixelFeed::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    may_start_.wait(lock, [&] {
      return is_stopping_ ||
             (num_started_ < slots_.size() && num_started_ < static_cast<size_t>(most_ahead_));
    });
    if (is_stopping_) return;
    const std::shared_ptr<Slot> slot = slots_[num_started_++];
    lock.unlock();
    try {
      slot->pixels = load_(slot->name);
    } catch (...) {
      slot->failure = std::current_exception();
    }
    lock.lock();
    slot->is_done = true;
    has_finished_.notify_all();
  }
}

}  // namespace plumbline::image
