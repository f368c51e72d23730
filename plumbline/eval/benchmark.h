// A benchmark as the command line knows it: what it reads, how answers are made, judged and scored.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plumbline/api/judge.h"
#include "plumbline/eval/join.h"
#include "plumbline/eval/scoring.h"

namespace plumbline::eval {

// A file that scoring reads: `--questions`, `--answers` and `--replies` have flags of their own,
// all others are given as `--file NAME=FILE`.
struct InputSpec {
  std::string name;
  std::string what;  // its form, in a few words
  bool is_required = true;
};

// A choice between published rules: `--variant NAME=VALUE`.
struct VariantSpec {
  std::string name;
  std::vector<std::string> values;  // the first is the default
  std::string what;
};

// What is to be done with which files.
struct EvalRequest {
  std::map<std::string, std::string> files;     // path by the name of the input
  std::map<std::string, std::string> variants;  // a value for each, defaults filled in
  Join join = Join::Id;

  // The path; empty for an input that was not given.
  const std::string& file(const std::string& name) const;
  const std::string& variant(const std::string& name) const;
};

// A question as `eval answer` puts it to a model.
struct Prompt {
  std::string id;
  std::string image;             // file name below the image folder; empty: see image_bytes
  std::string image_bytes = {};  // an encoded picture that the question file itself holds
  std::string question;          // as the answer file repeats it
  std::string test_prompt = {};  // put behind the question, such as "\nAnswer ... phrase."
  int64_t max_tokens = 1024;
};

struct Benchmark {
  std::string name;        // on the command line: "pope"
  std::string title;       // with its source
  std::string reports;     // what comes out, in one line
  std::string judge = {};  // what a judge is asked for; empty: none is needed
  std::vector<InputSpec> inputs = {};
  std::vector<VariantSpec> variants = {};
  // Throw DataError or IoError for files that are not what they should be. Units, sums and figures
  // depend on the questions alone: two systems' scorings of them can be compared.
  std::function<Scoring(const EvalRequest&)> score = {};
  // Nothing: answers are made elsewhere.
  std::function<std::vector<Prompt>(const EvalRequest&)> prompts = {};
  // Nothing: there is nothing to judge. The reply to a request is found by its id.
  std::function<std::vector<api::JudgeRequest>(const EvalRequest&)> judge_requests = {};
};

}  // namespace plumbline::eval
