// What a template can do wrong, and how much it may do.
#pragma once

#include <cstdint>
#include <string>

#include "plumbline/text/chat_template_limits.h"

namespace plumbline::text::jinja {

// Thrown inside the template engine, where the file is not known; ChatTemplate turns every one into
// a DataError.
struct Fault {
  std::string expected;
  std::string got;
  int line = 0;  // 0: the line being rendered
};

// Counts what a rendering does. Throws Fault when a limit is passed.
class Budget {
 public:
  explicit Budget(const ChatTemplateLimits& limits) : limits_(limits) {}

  void spend(size_t steps) {
    steps_ += static_cast<int64_t>(steps);
    if (steps_ > limits_.steps) fail("steps", limits_.steps);
  }

  // For a text that is about to be made.
  void spend_text(size_t bytes) { spend_more_text(bytes, bytes); }

  // For a text that grows to `total` bytes by `more`.
  void spend_more_text(size_t total, size_t more) {
    if (total > static_cast<uint64_t>(limits_.text_bytes))
      fail("bytes of text", limits_.text_bytes);
    spend(1 + more / 16);
  }

  // For a list, dictionary or iterator `levels` deep.
  void check_nesting(int levels) const {
    if (levels > limits_.nesting) fail("levels of nested values", limits_.nesting);
  }

  // One level of recursion, for the life of the object.
  class Level {
   public:
    explicit Level(Budget& budget) : budget_(budget) {
      if (budget.depth_ >= budget.limits_.depth) fail("levels of recursion", budget.limits_.depth);
      ++budget.depth_;
    }
    ~Level() { --budget_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Budget& budget_;
  };

 private:
  [[noreturn]] static void fail(const char* what, int64_t limit) {
    throw Fault{"at most " + std::to_string(limit) + " " + what, "more"};
  }

  ChatTemplateLimits limits_;
  int64_t steps_ = 0;
  int64_t depth_ = 0;
};

}  // namespace plumbline::text::jinja
