// The world's benchmark: questions whose truth is known, and the judge that rates answers to them.
//
// Question types follow MMHal-Bench (attribute, adversarial, comparison, counting, relation,
// environment, description, other); "yes_no" is POPE's form. The judge sees scene, question and
// answer, never a model's reward.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plumbline/world/scene.h"

namespace plumbline::world {

// One line of benchmark.jsonl.
struct BenchmarkItem {
  std::string id;
  std::string image;      // file name relative to the image folder
  std::string type;       // one of question_types()
  std::string question;   // as the model sees it, without the image placeholder
  std::string reference;  // a correct answer
  std::string expected;   // the short truth: "yes", "no", "red", "3", "B", ...; empty for descriptions
  int subject = -1;       // category the question is about, or -1
  int other = -1;         // second category of comparisons and relations, or -1
  std::string sampling;   // yes_no only: random | popular | adversarial
  Scene scene;
};

const std::vector<std::string>& question_types();

// What the judge found in one answer.
struct Verdict {
  double score = 0;             // 0-6 on MMHal-Bench's scale; >= 3 means no hallucination
  bool is_hallucinated = false;  // at least one false claim, or nothing that could be parsed
  int num_claims = 0;
  int num_false = 0;
  int num_unparsed = 0;  // sentences the strict parser could not read
  int num_repeats = 0;   // claims said again
  bool is_helpful = false;  // answers what was asked, truly
  int yes_no = -1;       // 1 yes, 0 no, -1 neither (only for yes_no items)
  // CHAIR's ingredients: categories named as present (mentions keep repeats), and which are there.
  std::vector<int> mentioned;       // category per mention, in order
  std::vector<int> hallucinated;    // those of them that are not in the scene
  double coverage = 0;              // share of the scene's kinds named at least once
  // Character ranges [begin, end) of false claims in the answer, for marking in the report.
  std::vector<std::pair<size_t, size_t>> false_ranges;
};

Verdict judge(const BenchmarkItem& item, std::string_view answer);

// Reads and writes benchmark.jsonl. Throws DataError naming file and line.
std::vector<BenchmarkItem> read_benchmark(const std::string& path);
void write_benchmark(const std::string& path, const std::vector<BenchmarkItem>& items);

}  // namespace plumbline::world
