// Answers to the world's benchmark with what the judge found in them.
#pragma once

#include <string>
#include <vector>

#include "plumbline/world/judge.h"

namespace plumbline::eval {

struct RatedAnswer {
  world::BenchmarkItem item;
  std::string answer;
  world::Verdict verdict;
};

// Rates answers[i] to items[i].
std::vector<RatedAnswer> rate(const std::vector<world::BenchmarkItem>& items,
                              const std::vector<std::string>& answers);

// At most `n` items that spread evenly over the types, in their order in the file.
std::vector<world::BenchmarkItem> spread(const std::vector<world::BenchmarkItem>& items, int64_t n);

// answers.jsonl: one line per answer with id, type, image, question, answer and the judge's
// findings.
void write_answers(const std::string& path, const std::vector<RatedAnswer>& rated);
// A line of it, as the report shows it.
struct AnswerLine {
  std::string id, type, image, question, reference, answer;
  double score = 0;
  bool is_hallucinated = false;
  std::vector<std::pair<size_t, size_t>> false_ranges;
};
std::vector<AnswerLine> read_answers(const std::string& path);

}  // namespace plumbline::eval
