// In which order examples are seen, and in which portions.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::data {

// The permutation of [0, n) used in the given epoch: a pure function of its arguments.
std::vector<int64_t> epoch_order(RandomKey key, int64_t epoch, int64_t n);

// `count` items from the endless sequence of epochs, starting with the `first`-th draw.
std::vector<int64_t> drawn_items(RandomKey key, int64_t first, int64_t count, int64_t n);

// Consecutive portions of `size`; the last may be smaller.
std::vector<std::vector<int64_t>> batches(const std::vector<int64_t>& order, int64_t size);

// Indices 0, 1, ... grouped in order so that a group's lengths sum to at most `budget` rows. An
// item longer than that is a group of its own.
std::vector<std::vector<int64_t>> micro_batches(const std::vector<int64_t>& lengths,
                                                int64_t budget);

}  // namespace plumbline::data
