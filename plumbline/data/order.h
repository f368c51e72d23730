// In which order examples are seen, and in which portions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/base/random.h"

namespace plumbline::data {

// The permutation of [0, n) used in the given epoch: a pure function of its arguments.
std::vector<int64_t> epoch_order(RandomKey key, int64_t epoch, int64_t n);

// `count` items from the endless sequence of epochs, starting with the `first`-th draw.
std::vector<int64_t> drawn_items(RandomKey key, int64_t first, int64_t count, int64_t n);

// A drawn order of named items: indices of `ids`, sorted by a number that depends on key and id
// alone. Items thus keep their places among each other when the list is sorted in another way, or
// when others are added.
std::vector<int64_t> drawn_order(const std::vector<std::string>& ids, RandomKey key);

// Consecutive portions of `size`; the last may be smaller.
std::vector<std::vector<int64_t>> batches(const std::vector<int64_t>& order, int64_t size);

// Indices 0, 1, ... grouped in order so that a group's lengths sum to at most `budget` rows. An
// item longer than that is a group of its own.
std::vector<std::vector<int64_t>> micro_batches(const std::vector<int64_t>& lengths,
                                                int64_t budget);

}  // namespace plumbline::data
