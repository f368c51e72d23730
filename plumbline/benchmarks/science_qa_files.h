// ScienceQA's problems and splits.
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/answer_file.h"
#include "plumbline/eval/benchmark.h"

namespace plumbline::benchmarks {

struct ScienceProblem {
  std::string id;
  std::string question;
  std::vector<std::string> choices;  // 1 to 5
  size_t answer = 0;                 // of choices
  std::string image;                 // file name; empty where there is none
  std::string hint;
  bool has_hint_field = false;
  std::string subject, grade;  // "natural science", "grade2"; empty where the file has none
  std::string where;
};

// The problems of the split: of request.file("questions") = {"12": {"question", "choices",
// "answer", "hint", "image", "subject", "grade", "split"}}, those that request.file("splits") =
// {"test": ["12"]} lists under request.variant("split"), in its order; without that file, those
// whose own "split" says so. Throws IoError, or DataError for what is no such file, an id of the
// split that is not there or comes twice, and an answer beyond the choices.
std::vector<ScienceProblem> read_science_problems(const eval::EvalRequest& request);

// JSONL {question_id, text, prompt}, or a result file {"outputs": {"12": text}}.
std::vector<eval::Answer> read_science_answers(const std::string& path);

}  // namespace plumbline::benchmarks
