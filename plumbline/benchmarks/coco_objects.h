// COCO's objects as captions name them: CHAIR's synonyms and its rules for pairs of words.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

namespace plumbline::benchmarks {

// How a synonym file is read.
enum class SynonymRule {
  Original,  // entries as they are between ", ": one with a blank more never matches; the pairs of
             // words that count as one are a fixed list
  Refined    // blanks around entries go; every entry of several words counts as one
};

// A mention of an object: the word or pair of words, and the node that it is a synonym of.
struct Mention {
  std::string word, node;
};

// Source: LisaAnne/Hallucination utils/chair.py (a967f2f), RLHF-V/RLAIF-V
// eval/eval_gpt_obj_halbench.py (1a95383).
class CocoObjects {
 public:
  // Reads a file with one object per line: its node, then synonyms, with ", " between. Of a synonym
  // of two nodes the later one counts. Throws IoError, or DataError for an empty file.
  CocoObjects(const std::string& path, SynonymRule rule);

  // Its node; empty if the word is no object's.
  std::string node_of(const std::string& word) const;

  // The words with pairs that count as one merged, from the left: "teddy", "bear" gives
  // "teddy bear", and "baby", "elephant" gives "elephant".
  std::vector<std::string> merged(const std::vector<std::string>& words) const;

  // Only the merged pairs.
  std::vector<std::string> pairs(const std::vector<std::string>& words) const;

  // The objects among merged words. The seat of a toilet is no chair: where both occur, seats are
  // passed over.
  std::vector<Mention> mentions(const std::vector<std::string>& merged) const;

 private:
  std::unordered_map<std::string, std::string> nodes_;  // node by synonym
  std::unordered_map<std::string, std::string> pairs_;  // what a pair "a b" counts as
};

}  // namespace plumbline::benchmarks
