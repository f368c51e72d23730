#include "plumbline/eval/rated_answers.h"

#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::eval {
namespace {

world::BenchmarkItem item(const std::string& id, const std::string& type) {
  world::BenchmarkItem result;
  result.id = id;
  result.type = type;
  return result;
}

TEST(Spread, TakesEquallyManyOfEachType) {
  std::vector<world::BenchmarkItem> items;
  for (int i = 0; i < 20; ++i)
    items.push_back(item(std::to_string(i), i < 15 ? "counting" : "attribute"));
  const auto chosen = spread(items, 6);
  ASSERT_EQ(chosen.size(), 6U);
  EXPECT_EQ(chosen[2].type, "counting");
  EXPECT_EQ(chosen[3].type, "attribute");
  EXPECT_EQ(chosen[3].id, "15");
  EXPECT_EQ(spread({}, 5).size(), 0U);
}

TEST(Answers, WhatIsWrittenReadsBack) {
  const support::ScratchFolder scratch;
  const fs::path path = scratch.path() / "answers.jsonl";
  RatedAnswer rated{item("7", "attribute"), "it is \"red\".", {}};
  rated.verdict.score = 2;
  rated.verdict.is_hallucinated = true;
  rated.verdict.false_ranges = {{6, 9}};
  write_answers(path.string(), {rated});
  const auto line = read_answers(path.string()).at(0);
  EXPECT_EQ(line.id, "7");
  EXPECT_EQ(line.answer, rated.answer);
  EXPECT_EQ(line.score, 2);
  EXPECT_TRUE(line.is_hallucinated);
  EXPECT_EQ(line.false_ranges, rated.verdict.false_ranges);
  write_file(path, "{\"id\": \"7\"}\n");
  EXPECT_THROW(read_answers(path.string()), DataError);
}

}  // namespace
}  // namespace plumbline::eval
