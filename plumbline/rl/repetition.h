// How much of an answer says itself again.
#pragma once

#include <cstdint>
#include <vector>

namespace plumbline::rl {

// The share of the runs of `n` tokens that stood earlier in the answer already, in [0, 1); 0 for
// answers shorter than that.
double repeated_share(const std::vector<int64_t>& tokens, int64_t n = 3);

}  // namespace plumbline::rl
