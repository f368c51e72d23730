// Figures of random replies beside those of the official rules
// (tools/golden/eval/hallusion_bench.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenHallusionBench, FiguresAreTheOfficialOnes) {
  expect_cases("hallusion-bench", "hallusion_bench");
}

}  // namespace
}  // namespace plumbline::benchmarks
