// Object HalBench against its rules restated in Python (tools/golden/eval/objects.py).
#include <fmt/format.h>

#include "tests/golden/eval/object_files.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenObjectHalBench, Figures) {
  if (!has_wordnet()) GTEST_SKIP() << "needs the package wordnet-base";
  const auto& halbench = benchmark("object-halbench");
  const std::string folder = kEvalFolder + "object-halbench/";
  auto request = golden_request(halbench,
                                {{"questions", "questions.jsonl"},
                                 {"answers", "answers.jsonl"},
                                 {"replies", "replies.jsonl"},
                                 {"synonyms", "synonyms.txt"}},
                                {});
  for (const char* name : {"instances", "captions"}) {
    request.files[name] = fmt::format("{0}{1}_val.json,{0}{1}_train.json", folder, name);
  }
  const auto scoring = halbench.score(request);
  int compared = 0;
  const auto expected = expected_of("object-halbench");
  for (const auto& [name, value] : expected.items()) {
    if (name == "malformed") {
      EXPECT_EQ(scoring.num_malformed, value.get<int64_t>());
      continue;
    }
    EXPECT_NEAR(golden_figure(scoring, name), value.get<double>(), 1e-12) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 9);
}

}  // namespace
}  // namespace plumbline::benchmarks
