#include "plumbline/data/step_plan.h"

#include <algorithm>
#include <numeric>

namespace plumbline::data {

StepPlan::StepPlan(RandomKey key, std::vector<Source> sources, std::vector<int64_t> lengths,
                   Steps steps, int64_t num_epochs)
    : key_(key),
      sources_(std::move(sources)),
      lengths_(std::move(lengths)),
      steps_(steps),
      first_steps_({0}) {
  // Only with a token budget does the order decide how many steps there are.
  int64_t count = 0;
  for (int64_t epoch = 0; epoch < num_epochs; ++epoch) {
    if (epoch == 0 || steps_.batch_tokens > 0) {
      count = std::ssize(epoch_steps(key_, epoch, sources_, lengths_, steps_));
    }
    first_steps_.push_back(first_steps_.back() + count);
  }
}

const std::vector<int64_t>& StepPlan::items(int64_t step) {
  const auto next = std::upper_bound(first_steps_.begin(), first_steps_.end(), step);
  const int64_t epoch = next - first_steps_.begin() - 1;
  if (epoch != epoch_) {
    held_ = epoch_steps(key_, epoch, sources_, lengths_, steps_);
    epoch_ = epoch;
  }
  return held_.at(static_cast<size_t>(step - first_steps_.at(static_cast<size_t>(epoch))));
}

std::vector<int64_t> share_of(const std::vector<int64_t>& lengths, int64_t share,
                              int64_t num_shares) {
  std::vector<int64_t> longest_first(lengths.size());
  std::iota(longest_first.begin(), longest_first.end(), 0);
  const auto length = [&](int64_t i) { return lengths[static_cast<size_t>(i)]; };
  std::stable_sort(longest_first.begin(), longest_first.end(),
                   [&](int64_t a, int64_t b) { return length(a) > length(b); });
  std::vector<int64_t> rows(static_cast<size_t>(num_shares));
  std::vector<int64_t> own;
  for (const int64_t i : longest_first) {
    const auto least = std::min_element(rows.begin(), rows.end());
    *least += length(i);
    if (least - rows.begin() == share) own.push_back(i);
  }
  std::sort(own.begin(), own.end());
  return own;
}

std::vector<std::vector<int64_t>> own_portions(const std::vector<int64_t>& lengths, int64_t share,
                                               int64_t num_shares, int64_t budget) {
  const auto own = share_of(lengths, share, num_shares);
  std::vector<int64_t> own_lengths;
  for (const int64_t place : own) own_lengths.push_back(lengths[static_cast<size_t>(place)]);
  auto portions = micro_batches(own_lengths, budget);
  for (auto& portion : portions) {
    for (int64_t& i : portion) i = own[static_cast<size_t>(i)];
  }
  return portions;
}

}  // namespace plumbline::data
