// Figures of random answers beside those of the official rules (tools/golden/eval/textvqa.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenTextvqa, FiguresAreTheOfficialOnes) { expect_cases("textvqa", "textvqa"); }

}  // namespace
}  // namespace plumbline::benchmarks
