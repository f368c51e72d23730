// Beginnings that several sequences of a ragged batch share.
#pragma once

#include <cstdint>
#include <vector>

#include "plumbline/tensor/spans.h"

namespace plumbline::tensor {

// For each sequence of a batch the one whose rows come before its own, or -1. What both answers to
// a question share is run once and read by both. A prefix stands before those that have it and has
// none itself. Empty: no sequence has a prefix.
using Prefixes = std::vector<int64_t>;

// Throws InternalError when it does not hold.
void check_prefixes(const Prefixes& prefixes, const Spans& spans);

// Positions of the sequences' first rows: the lengths of their prefixes. Empty without prefixes.
std::vector<int64_t> starts_of(const Spans& spans, const Prefixes& prefixes);

// The rows of every sequence with those of its prefix before them, and their spans.
struct PrefixedRows {
  std::vector<int64_t> rows;
  Spans spans;
};
PrefixedRows rows_with_prefixes(const Spans& spans, const Prefixes& prefixes);

}  // namespace plumbline::tensor
