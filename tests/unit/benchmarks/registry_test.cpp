#include "plumbline/benchmarks/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Registry, EveryBenchmarkSaysWhatItReadsAndReports) {
  std::set<std::string> names;
  for (const auto& benchmark : benchmarks()) {
    EXPECT_TRUE(names.insert(benchmark.name).second) << benchmark.name;
    EXPECT_TRUE(benchmark.score) << benchmark.name;
    EXPECT_FALSE(benchmark.title.empty() || benchmark.reports.empty()) << benchmark.name;
    EXPECT_EQ(benchmark.judge.empty(), !benchmark.judge_requests) << benchmark.name;
    EXPECT_THAT(list_text(), HasSubstr(benchmark.name + " "));
  }
}

TEST(Registry, UnknownNamesGetTheList) {
  EXPECT_THAT(eval::error_of([] { benchmark("popes"); }),
              AllOf(HasSubstr("pope"), HasSubstr("'popes'")));
}

TEST(Registry, VariantsHaveDefaultsAndAreChecked) {
  const auto& pope = benchmark("pope");
  EXPECT_EQ(variants_of(pope, {}).at("pope"), "official");
  EXPECT_EQ(variants_of(pope, {"pope=vcd"}).at("pope"), "vcd");
  EXPECT_THAT(eval::error_of([&] { variants_of(pope, {"pope=mine"}); }),
              HasSubstr("official, vcd"));
  EXPECT_THAT(eval::error_of([&] { variants_of(pope, {"rule=vcd"}); }), HasSubstr("'rule=vcd'"));
}

TEST(Registry, MissingAndUnknownFilesAreToldTogether) {
  const auto error = eval::error_of([] {
    check_files(benchmark("pope"),
                {.files = {{"questions", "q"}, {"recipes", "r"}}, .variants = {}}, "score",
                {"questions", "answers"});
  });
  EXPECT_THAT(error, AllOf(HasSubstr("no --answers FILE"), HasSubstr("--file recipes=FILE")));
}

}  // namespace
}  // namespace plumbline::benchmarks
