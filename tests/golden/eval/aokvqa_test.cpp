// Figures of random predictions beside those of the official rules (tools/golden/eval/aokvqa.py).
#include "tests/golden/eval/golden_cases.h"

namespace plumbline::benchmarks {
namespace {

TEST(GoldenAokvqa, FiguresAreTheOfficialOnes) { expect_cases("aokvqa", "aokvqa"); }

}  // namespace
}  // namespace plumbline::benchmarks
