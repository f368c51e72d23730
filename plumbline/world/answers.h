// Answers as someone would give them who believes the picture shows a certain scene.
//
// One function makes right and wrong answers alike: a wrong one is the honest answer of a mistaken
// beholder. So wrong answers have the form of right ones, and their falsity is known exactly.
#pragma once

#include <string>

#include "plumbline/world/benchmark.h"

namespace plumbline::world {

enum class AnswerStyle {
  Full,     // all there is to say about the object: "there are two small red cups."
  Focused,  // what was asked only: "the cups are red.", "there are two cups.", "yes.", "B."
};

// The answer to `item` by one who sees `believed`. The item's own scene gives the true answer.
std::string answer(const BenchmarkItem& item, const Scene& believed, AnswerStyle style);

// How a beholder may be mistaken.
struct Misbelief {
  bool with_denial = true;     // what is there may be overlooked, so that the answer denies it
  double typical_share = 0.8;  // objects that are not there are seen where they would be typical
};

// A scene unlike the item's, such that the answer to it differs from the true one and is false.
// Without denial a focused "yes." has no mistake: InternalError.
Scene misbelieve(const BenchmarkItem& item, AnswerStyle style, const Misbelief& how, RandomKey key);

// A kind that is not in the scene, on free cells, never in its held-out colour; of `category` if >=
// 0.
Kind imagine_kind(const Scene& scene, int category, double typical_share, Random& random);

}  // namespace plumbline::world
