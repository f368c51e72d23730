// Figures of random answers beside those of the official rules (tools/golden/eval/pope.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenPope, FiguresAreTheOfficialOnes) { expect_cases("pope", "pope"); }

}  // namespace
}  // namespace plumbline::benchmarks
