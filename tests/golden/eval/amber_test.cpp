// AMBER against its rules restated in Python (tools/golden/eval/objects.py): what both print.
#include "plumbline/eval/printed.h"
#include "tests/golden/eval/object_files.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenAmber, PrintedFigures) {
  if (!has_wordnet()) GTEST_SKIP() << "needs the package wordnet-base";
  const auto& amber = benchmark("amber");
  int compared = 0;
  const auto expected = expected_of("amber");
  for (const auto& [variant, figures] : expected.items()) {
    const auto scoring = amber.score(golden_request(amber,
                                                    {{"questions", "query_all.json"},
                                                     {"answers", "answers.json"},
                                                     {"annotations", "annotations.json"},
                                                     {"associations", "relation.json"},
                                                     {"safe_words", "safe_words.txt"},
                                                     {"vectors", "vectors.txt"}},
                                                    {"amber=" + variant}));
    for (const auto& [name, value] : figures.items()) {
      EXPECT_EQ(eval::python_round(golden_figure(scoring, name), 1), value.get<double>())
          << variant << " " << name;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 64);
}

}  // namespace
}  // namespace plumbline::benchmarks
