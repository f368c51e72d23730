// Figures of random answers beside those of the official rules (tools/golden/eval/vqav2.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenVqav2, FiguresAreTheOfficialOnes) { expect_cases("vqav2", "vqav2"); }

}  // namespace
}  // namespace plumbline::benchmarks
