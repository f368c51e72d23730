// Figures of random replies beside those of the official rules (tools/golden/eval/llava_bench.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenLlavaBench, FiguresAreTheOfficialOnes) { expect_cases("llava-bench", "llava_bench"); }

}  // namespace
}  // namespace plumbline::benchmarks
