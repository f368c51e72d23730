// In which order examples are seen, and in which portions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/config/config.h"

namespace plumbline::data {

// Records that lie one after the other and are drawn with a weight of their own.
struct Source {
  std::string name;
  int64_t first = 0;  // its records are [first, first + count) of all
  int64_t count = 0;
  double weight = 1;  // passes per epoch
};

// How an epoch's items follow each other: shuffled; shuffled, but so that a step's items have like
// lengths; or as the files have them, one source after the other.
using Order = config::DataOrder;

// The permutation of [0, n) used in the given epoch: a pure function of its arguments.
std::vector<int64_t> epoch_order(RandomKey key, int64_t epoch, int64_t n);

// `count` items from the endless sequence of epochs, starting with the `first`-th draw.
std::vector<int64_t> drawn_items(RandomKey key, int64_t first, int64_t count, int64_t n);

// How many items of a source an epoch has: its weight times its count, rounded, and at least one.
int64_t draws_of(const Source& source);

// The items of an epoch, shuffled: of each source its draws, the next ones of its endless sequence,
// so that with weight 0.5 the following epoch has the other half. A pure function of its arguments.
// One source of weight 1 gives epoch_order(key, epoch, count).
std::vector<int64_t> epoch_items(RandomKey key, int64_t epoch, const std::vector<Source>& sources);

// The same in the order of the files; a fractional weight continues where the last epoch ended.
std::vector<int64_t> file_items(int64_t epoch, const std::vector<Source>& sources);

// How items become optimiser steps.
struct Steps {
  Order order = Order::Shuffled;
  int64_t batch_size = 1;    // items of a step
  int64_t batch_tokens = 0;  // when above 0, token rows of a step instead
};

// The items of an epoch's steps; `lengths` holds the token rows of every record. LengthGrouped
// takes 50 steps' shuffled items at a time, sorts them by length, longest first, cuts them into
// steps, and shuffles the steps of the epoch. A pure function of its arguments.
std::vector<std::vector<int64_t>> epoch_steps(RandomKey key, int64_t epoch,
                                              const std::vector<Source>& sources,
                                              const std::vector<int64_t>& lengths,
                                              const Steps& steps);

// Consecutive groups of `batch_size` items, or, when `batch_tokens` is above 0, of as many as have
// at most `batch_tokens` rows together; a longer item is a group of its own.
std::vector<std::vector<int64_t>> steps_of(const std::vector<int64_t>& items,
                                           const std::vector<int64_t>& lengths, int64_t batch_size,
                                           int64_t batch_tokens);

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
