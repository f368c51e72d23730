// Which examples each optimiser step of a run is about.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/data/order.h"

namespace plumbline::data {

// A pure function of its arguments: a resumed run, or one with other processes, goes on with the
// same steps.
class StepPlan {
 public:
  // `lengths` holds the token rows of every record.
  StepPlan(RandomKey key, std::vector<Source> sources, std::vector<int64_t> lengths, Steps steps,
           int64_t num_epochs);

  int64_t total() const { return first_steps_.back(); }
  // The items of step `step` (from 0), in order.
  const std::vector<int64_t>& items(int64_t step);

 private:
  RandomKey key_;
  std::vector<Source> sources_;
  std::vector<int64_t> lengths_;
  Steps steps_;
  std::vector<int64_t> first_steps_;  // of each epoch, then the end
  int64_t epoch_ = -1;                // whose steps are held
  std::vector<std::vector<int64_t>> held_;
};

// Part `share` of `num_shares` of a step: indices into `lengths`, ascending. All shares together
// have every index once, and about as many token rows each.
std::vector<int64_t> share_of(const std::vector<int64_t>& lengths, int64_t share,
                              int64_t num_shares);

// That part in portions of at most `budget` rows, each for one forward pass: places in `lengths`. A
// longer item is a portion of its own.
std::vector<std::vector<int64_t>> own_portions(const std::vector<int64_t>& lengths, int64_t share,
                                               int64_t num_shares, int64_t budget);

}  // namespace plumbline::data
