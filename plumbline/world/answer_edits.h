// Changes to the sentences of an answer, of which annotator.h makes pairs and probe.h probes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/world/judge.h"

namespace plumbline::world {

// One sentence of an answer, judged by itself.
struct Part {
  std::string text;
  bool is_good = false;         // read, and true
  bool is_all_false = false;    // tells something false and nothing that is true and asked for
  std::vector<int> named = {};  // categories it says are there
};

std::vector<Part> parts_of(const BenchmarkItem& item, const std::string& answer);

// The sentences with a blank between them.
std::string join(const std::vector<Part>& parts);

bool names(const std::vector<Part>& parts, int category);

// A kind of the scene that no part names; nothing when all are named.
std::optional<Kind> unnamed_kind(const BenchmarkItem& item, const std::vector<Part>& parts,
                                 Random& random);

// A kind that is not in the scene and that no part names, mostly one typical for the environment;
// nothing when twenty attempts find none.
std::optional<Kind> absent_kind(const BenchmarkItem& item, const std::vector<Part>& parts,
                                Random& random);

// Insert a sentence about such a kind at a drawn place; false when there is no such kind.
bool add_true(const BenchmarkItem& item, std::vector<Part>& parts, Random& random);
bool add_false(const BenchmarkItem& item, std::vector<Part>& parts, Random& random);

// Drops one sentence that is good or not; false when there is none. The last sentence stays.
bool drop(std::vector<Part>& parts, bool is_good, Random& random);

// Says one of the good sentences again, at a drawn place behind it; false when there is none.
bool repeat(std::vector<Part>& parts, Random& random);

}  // namespace plumbline::world
