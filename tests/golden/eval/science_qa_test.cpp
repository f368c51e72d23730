// ScienceQA against LLaVA's rule, from tools/golden/eval/science_qa.py.
#include "plumbline/benchmarks/science_qa.h"

#include "plumbline/base/files.h"
#include "plumbline/benchmarks/registry.h"
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

const std::string kFolder = "tests/golden/eval/science_qa/";

TEST(GoldenScienceQa, Figures) {
  const eval::Benchmark benchmark = science_qa();
  const auto scoring = benchmark.score({.files = {{"questions", kFolder + "problems.json"},
                                                  {"splits", kFolder + "pid_splits.json"},
                                                  {"answers", kFolder + "answers.jsonl"}},
                                        .variants = variants_of(benchmark, {})});
  expect_figures(nlohmann::json::parse(read_file(kFolder + "expected.json")), scoring);
}

}  // namespace
}  // namespace plumbline::benchmarks
