// What an answer claims, and whether it is true of a scene.
#pragma once

#include <cstddef>
#include <vector>

#include "plumbline/world/benchmark.h"

namespace plumbline::world {

enum class ClaimKind {
  Exists,    // category is there
  Absent,    // category is not there
  Count,     // value copies of category; "a cup" claims exactly one
  Color,     // value: index into colors()
  Size,      // value: a Size
  Relation,  // category stands on the Side `value` of other: strictly, by rows or columns
  MoreThan,  // more copies of category than of other; this and the next three are comparisons
  AsMany,
  LargerThan,
  SameSize,
  Environment,  // value: index into environments()
  YesNo,        // value: 1 yes, 0 no; bound to the question's subject
  Letter,       // value: 0-3
};

struct Claim {
  ClaimKind kind = ClaimKind::Exists;
  int category = -1;  // -1 in a bare word such as "red.": bound to the question's subject
  int other = -1;
  int value = 0;
  size_t begin = 0, end = 0;  // characters of the answer
};

// What one clause says: an object phrase with its attributes, a relation with the objects it
// presupposes.
struct Statement {
  std::vector<Claim> claims;
  bool is_bare = false;  // a word without a sentence: "red.", "two.", "kitchen."
};

// Whether the claim is true of the item. The claim must be bound: a category where it needs one,
// and YesNo and Letter only for items that ask for them. Relations and comparisons presuppose both
// objects.
bool holds(const Claim& claim, const BenchmarkItem& item);

// Gives the bare words, yes/no and letters of a statement the meaning they have as an answer to
// `item`. False when they have none ("yes." to "how many"): then the statement was not understood.
bool bind(Statement& statement, const BenchmarkItem& item);

// Whether two claims say the same; "the cup is left of the box" says "the box is right of the cup".
bool says_same(const Claim& a, const Claim& b);

}  // namespace plumbline::world
