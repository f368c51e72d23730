// Figures of random replies beside those of the official rules (tools/golden/eval/mmhal.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenMmhal, FiguresAreTheOfficialOnes) { expect_cases("mmhal", "mmhal"); }

}  // namespace
}  // namespace plumbline::benchmarks
