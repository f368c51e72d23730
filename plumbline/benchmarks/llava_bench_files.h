// What LLaVA-Bench's files say, and what its judge is asked.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

struct ReviewQuestion {
  eval::Asked asked;
  std::string category;  // "conv", "detail", "complex"
};

// All throw DataError or IoError.
std::vector<ReviewQuestion> read_review_questions(const eval::EvalRequest& request);
std::vector<eval::Answer> read_reviewed_answers(const eval::EvalRequest& request,
                                                const std::vector<ReviewQuestion>& questions);

// Needs the inputs reference and context, which describes each picture: captions one per line, and
// where it has boxes an empty line and "category: [x1, y1, x2, y2]" one per line. The rule is that
// of the category in the input rules, for the wild set of "llava_bench_" + category.
std::vector<api::JudgeRequest> review_requests(const eval::EvalRequest& request);

}  // namespace plumbline::benchmarks
