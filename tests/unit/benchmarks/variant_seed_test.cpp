#include "plumbline/benchmarks/variant_seed.h"

#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

int64_t seed(const std::string& text) {
  return variant_seed({.files = {}, .variants = {{"seed", text}}});
}

TEST(VariantSeed, WholeNumbersOnly) {
  EXPECT_EQ(seed(""), 0);
  EXPECT_EQ(seed("9223372036854775807"), INT64_MAX);
  for (const char* text : {"-1", "1.5", "x", " 1", "9223372036854775808"}) {
    EXPECT_NE(eval::error_of([&] { seed(text); }).find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
