#include "plumbline/benchmarks/variant_seed.h"

#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

uint64_t seed(const std::string& text) {
  return variant_seed({.files = {}, .variants = {{"seed", text}}});
}

TEST(VariantSeed, WholeNumbersOnly) {
  EXPECT_EQ(seed(""), 0u);
  EXPECT_EQ(seed("18446744073709551615"), 18446744073709551615u);
  for (const char* text : {"-1", "1.5", "x", " 1", "18446744073709551616"}) {
    EXPECT_NE(eval::error_of([&] { seed(text); }).find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
