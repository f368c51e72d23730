// The world's benchmark: questions whose truth is known.
//
// Question types follow MMHal-Bench (attribute, adversarial, comparison, counting, relation,
// environment, description, other); "yes_no" is POPE's form.
#pragma once

#include <string>
#include <unordered_map>
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
  // The short truth: "yes", "no", "red", "small", "3", "B", "kitchen"; comparisons: the plural that
  // has more or is larger, or "same"; relations: "above" or "below"; adversarial: "none";
  // empty for descriptions.
  std::string expected;
  int subject = -1;      // category the question is about, or -1
  int other = -1;        // second category of comparisons and relations, or -1
  std::string sampling;  // yes_no only: random | popular | adversarial
  Scene scene;
};

const std::vector<std::string>& question_types();

// Reads and writes benchmark.jsonl. Throws DataError naming file and line.
std::vector<BenchmarkItem> read_benchmark(const std::string& path);
// The same by id; of equal ids the first.
std::unordered_map<std::string, BenchmarkItem> read_benchmark_by_id(const std::string& path);
void write_benchmark(const std::string& path, const std::vector<BenchmarkItem>& items);

}  // namespace plumbline::world
