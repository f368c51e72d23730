// What the processes of a run have each, seen as one.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "plumbline/parallel/communicator.h"
#include "plumbline/rl/whiten.h"

namespace plumbline::rlhf {

// The part [first, last) of `count` things that this process deals with.
std::pair<int64_t, int64_t> share_of(const parallel::Communicator& processes, int64_t count);

// The numbers of all processes in one list of `total`; own ones begin at `first`.
std::vector<double> gather(parallel::Communicator& processes, const std::vector<double>& own,
                           int64_t first, int64_t total);

// Moments of all processes' values, merged in their order: the same in each.
rl::Moments merge(parallel::Communicator& processes, const rl::Moments& own);

}  // namespace plumbline::rlhf
