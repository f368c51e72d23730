// MMBench against VLMEvalKit's and lmms-eval's rules, from tools/golden/eval/mmbench.py.
#include "plumbline/benchmarks/mmbench.h"

#include "plumbline/base/files.h"
#include "plumbline/benchmarks/registry.h"
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

const std::string kFolder = "tests/golden/eval/mmbench/";

TEST(GoldenMmbench, FiguresOfAllFormsOfAnswers) {
  const auto expected = nlohmann::json::parse(read_file(kFolder + "expected.json"));
  const eval::Benchmark benchmark = mmbench();
  for (const char* answers : {"answers.xlsx", "answers.tsv", "answers.jsonl"}) {
    for (const char* rule : {"vlmevalkit", "lmms"}) {
      SCOPED_TRACE(std::string(answers) + " " + rule);
      const auto scoring = benchmark.score(
          {.files = {{"questions", kFolder + "questions.tsv"}, {"answers", kFolder + answers}},
           .variants = variants_of(benchmark, {std::string("mmbench=") + rule})});
      expect_figures(expected.at(rule), scoring, rule);
    }
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
