// Figures of random answers beside those of the official rules (tools/golden/eval/mme.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenMme, FiguresAreTheOfficialOnes) { expect_cases("mme", "mme"); }

}  // namespace
}  // namespace plumbline::benchmarks
