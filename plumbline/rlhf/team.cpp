#include "plumbline/rlhf/team.h"

#include <algorithm>

#include "plumbline/base/error.h"

namespace plumbline::rlhf {

std::pair<int64_t, int64_t> share_of(const parallel::Communicator& processes, int64_t count) {
  return {count * processes.rank() / processes.size(),
          count * (processes.rank() + 1) / processes.size()};
}

std::vector<double> gather(parallel::Communicator& processes, const std::vector<double>& own,
                           int64_t first, int64_t total) {
  PLUMBLINE_CHECK(first >= 0 && first + std::ssize(own) <= total, "numbers beyond the list's end");
  std::vector<double> all(static_cast<size_t>(total), 0);
  std::copy(own.begin(), own.end(), all.begin() + first);
  return processes.sums(all);
}

rl::Moments merge(parallel::Communicator& processes, const rl::Moments& own) {
  const auto all = gather(processes, {own.count, own.mean, own.squares}, 3 * processes.rank(),
                          3 * processes.size());
  rl::Moments merged;
  for (size_t i = 0; i < all.size(); i += 3) {
    merged = rl::merge(merged, {all[i], all[i + 1], all[i + 2]});
  }
  return merged;
}

}  // namespace plumbline::rlhf
