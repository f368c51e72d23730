// The judge that rates answers to the world's benchmark by rule. It sees scene, question and
// answer, never a model's reward.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "plumbline/world/benchmark.h"

namespace plumbline::world {

// What the judge found in one answer. A *statement* is what one clause says: an object phrase with
// all its attributes, a place, a relation, "yes". It is false when any part of it is false.
// Statements are counted once; saying one again counts as a repeat only.
struct Verdict {
  double score = 0;  // 0-6 on MMHal-Bench's scale; >= 3 means no hallucination
  // A false statement, nothing parsed, or more sentences unread than read.
  bool is_hallucinated = false;
  int num_claims = 0;  // distinct statements
  int num_true = 0;    // those that are true and to the point (see judge)
  int num_false = 0;
  int num_unparsed = 0;  // sentences the strict parser could not read
  int num_repeats = 0;   // statements said again
  int asked = 0;  // 1 the question was answered truly, -1 falsely, 0 not (always 0: descriptions)
  // Information told truly and asked for. A kind gives 0.4 for being named and 0.2 each for count,
  // size and colour, the environment 0.5 in descriptions; other questions at most 1.
  double detail = 0;
  int yes_no = -1;  // 1 yes, 0 no, -1 neither (only for yes_no items)
  // CHAIR's ingredients: categories named as present (mentions keep repeats), and which are not
  // there.
  std::vector<int> mentioned;     // category per mention, in order
  std::vector<int> hallucinated;  // those of them that are not in the scene
  double coverage = 0;            // share of the scene's kinds named at least once
  double told_truly = 0;          // share of them named with nothing false said of them anywhere
  // Character ranges [begin, end) of false claims in the answer, for marking in the report.
  std::vector<std::pair<size_t, size_t>> false_ranges;
};

// Rates an answer by rule. Without a false statement:
//   questions     6 answered with all there is to say, 5 with less, 4 with a bare word ("red."),
//                 3 true, but not what was asked
//   descriptions  by detail / (number of kinds + 0.5): 6 from 0.95, 5 from 0.7, 4 from 0.4, else 3
//   minus 1 for each sentence that was not read and each repeat, not below 3
// With false statements:
//   questions     2 answered truly with one false statement beside, 1 with more; 1 not answered
//                 truly, but something about the subject is right; else 0
//   descriptions  2 one false statement and half of the kinds named; 1 fewer false than true;
//                 else 0
// At most 1 when more sentences were not read than read; 0 when none was read.
// To the point is a statement about what was asked (in descriptions: every kind and the
// environment); other true statements, such as "there is no kite." when nobody asked for one, earn
// nothing.
Verdict judge(const BenchmarkItem& item, std::string_view answer);

}  // namespace plumbline::world
