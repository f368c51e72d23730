#include "plumbline/eval/benchmark.h"

#include <gtest/gtest.h>

#include "tests/unit/eval/eval_files.h"

namespace plumbline::eval {
namespace {

TEST(EvalRequest, FilesThatAreNotGivenHaveNoPath) {
  const EvalRequest request{.files = {{"questions", "q.json"}}, .variants = {{"rule", "strict"}}};
  EXPECT_EQ(request.file("questions"), "q.json");
  EXPECT_EQ(request.file("facts"), "");
  EXPECT_EQ(request.variant("rule"), "strict");
  EXPECT_NE(error_of([&] { request.variant("other"); }), "");
}

}  // namespace
}  // namespace plumbline::eval
