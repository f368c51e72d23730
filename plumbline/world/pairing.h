// Which two answers to one question annotators are shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/world/benchmark.h"

namespace plumbline::world {

struct AnswerPair {
  std::string first, second;
};

enum class BetterOne { Longer, Shorter };

// Of pairs whose better answer is the longer one, or the shorter one, the two whose utilities
// (annotator.h) lie farthest apart; of any pairs when there is none such. The first of equals, in
// the order given, so that the place says nothing about the quality. Models that say more say more
// that is false: without the choice a reward model learns that short is good. Blank answers are
// left out: nobody compares what says nothing. Nothing when all are worth the same.
std::optional<AnswerPair> farthest_apart(const BenchmarkItem& item,
                                         const std::vector<std::string>& answers, BetterOne better);

// One of the answers and the same with one sentence added, dropped or changed (annotator.h), in
// drawn order. Nothing when there is nothing to change.
std::optional<AnswerPair> with_edit(const BenchmarkItem& item,
                                    const std::vector<std::string>& answers, RandomKey key);

}  // namespace plumbline::world
