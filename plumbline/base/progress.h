// The one line that long work keeps up to date on a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "plumbline/base/clock.h"

namespace plumbline {

// "sft 120/500 24% 31.2/s ETA 0:12 loss 1.43". Redrawn at most ten times a second on a terminal;
// elsewhere a plain line every 30 seconds at most, so that logs stay short. Silent where messages
// below warnings are dropped.
class Progress {
 public:
  // `done` > 0 when work is resumed; the rate counts only what this process did.
  Progress(std::string label, int64_t total, int64_t done = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Sets how much is done; `metrics` is shown as it is.
  void update(int64_t done, const std::string& metrics = {});

 private:
  void draw(bool final);

  std::string label_;
  int64_t total_;
  int64_t first_;
  int64_t done_;
  std::string metrics_;
  Stopwatch watch_;
  double last_drawn_ = 0;
  bool is_terminal_;
};

// The text of a progress line; `seconds` is the time since `first` items were done.
std::string progress_text(const std::string& label, int64_t done, int64_t first, int64_t total,
                          double seconds, const std::string& metrics);

// While it lives, progress lines begin with `text`: the place of a step in longer work.
class ProgressContext {
 public:
  explicit ProgressContext(std::string text);
  ~ProgressContext();
  ProgressContext(const ProgressContext&) = delete;
  ProgressContext& operator=(const ProgressContext&) = delete;

 private:
  std::string outer_;
};

// Removes an unfinished progress line from the terminal, so a message can stand there.
void clear_progress_line();

}  // namespace plumbline
