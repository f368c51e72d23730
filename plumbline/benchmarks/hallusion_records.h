// What HallusionBench's files say.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

struct HallusionQuestion {
  eval::Asked asked;     // its id is CATEGORY_SUBCATEGORY_SET_FIGURE_QUESTION
  std::string category;  // "VD" (visual dependent) or "VS" (visual supplement)
  std::string set;       // CATEGORY_SUBCATEGORY_SET: what hangs together
  std::string figure, number;
  int visual_input = 0;      // 0 none, 1 the original picture, 2 an edited one
  bool is_yes = false;       // the truth
  std::string details = {};  // the truth, for a judge

  // Nothing is shown, and not knowing is right.
  bool is_without_figure() const { return category == "VS" && figure == "0"; }
};

// Throws DataError or IoError.
std::vector<HallusionQuestion> read_hallusion_questions(const std::string& path);

// The official list with model_prediction filled in, or JSON lines with ids. Throws as join does.
// Answers to `others` are passed over: VLMEvalKit's questions are a part of the official ones.
std::vector<eval::Answer> read_hallusion_answers(const eval::EvalRequest& request,
                                                 const std::vector<HallusionQuestion>& questions,
                                                 const std::vector<HallusionQuestion>& others = {});

// Of each question the code 0, 1 or 2 that a judge gave: the member `name` of the answer file's
// records. Throws DataError for records without it and for other values.
std::vector<int> read_codes(const eval::EvalRequest& request,
                            const std::vector<HallusionQuestion>& questions,
                            const std::string& name);

}  // namespace plumbline::benchmarks
