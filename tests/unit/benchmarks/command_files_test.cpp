#include "plumbline/benchmarks/command_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CommandFiles, NamesAndDefaults) {
  const auto request =
      make_request(benchmark("pope"),
                   {.questions = "q", .answers = "a", .others = {"random=r=1"}, .join = "position"},
                   "score", all_inputs(benchmark("pope")));
  EXPECT_EQ(request.file("random"), "r=1");
  EXPECT_EQ(request.variant("pope"), "official");
  EXPECT_EQ(request.join, eval::Join::Position);
}

TEST(CommandFiles, AFactFileNeedsItsNameWhereThereAreSeveral) {
  EXPECT_THAT(eval::error_of([] {
                make_request(benchmark("pope"), {.questions = "q", .answers = "a", .others = {"f"}},
                             "score", {});
              }),
              AllOf(HasSubstr("NAME=FILE"), HasSubstr("'f'")));
}

TEST(CommandFiles, OnlyWhatAStepNeedsIsMissed) {
  EXPECT_EQ(eval::error_of([] {
              make_request(benchmark("pope"), {.questions = "q"}, "answer", {"questions"});
            }),
            "");
  EXPECT_THAT(eval::error_of([] {
                make_request(benchmark("pope"), {.questions = "q"}, "score",
                             all_inputs(benchmark("pope")));
              }),
              HasSubstr("no --answers FILE"));
}

}  // namespace
}  // namespace plumbline::benchmarks
