// Which two answers to one question annotators are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/world/benchmark.h"

namespace plumbline::world {

struct AnswerPair {
  std::string first, second;
};

// Models that say more say more that is false: were the choice left to chance, a reward model would
// learn from their answers that short is good.
enum class BetterOne { Longer, Shorter, Any };

// Of pairs whose better answer is the longer one, or the shorter one, the two whose utilities
// (annotator.h) lie farthest apart, the first of equals, in the order given, so that the place says
// nothing about the quality. Blank answers are left out: nobody compares what says nothing. Nothing
// when there is no such pair.
std::optional<AnswerPair> farthest_apart(const BenchmarkItem& item,
                                         const std::vector<std::string>& answers, BetterOne better);

// One of the answers and the same with one sentence added, dropped or changed (annotator.h), in
// drawn order, the better one being longer or shorter as asked. Nothing when a few attempts find no
// such change.
std::optional<AnswerPair> with_edit(const BenchmarkItem& item,
                                    const std::vector<std::string>& answers, BetterOne better,
                                    RandomKey key);

struct PairingOptions {
  int64_t pairs = 1;        // at most
  double edited_share = 0;  // of pairs of an answer and an edit of it
};

struct DrawnPair {
  AnswerPair answers;
  bool is_edited = false;
  RandomKey key;  // the pair's own
};

// Pairs of one question's answers: those that lie farthest apart among the answers not paired yet,
// or an answer and an edit of it, also where no such pair is left. The better one is the longer in
// half of them, where that can be had.
std::vector<DrawnPair> draw_pairs(const BenchmarkItem& item,
                                  const std::vector<std::string>& answers,
                                  const PairingOptions& options, RandomKey key);

}  // namespace plumbline::world
