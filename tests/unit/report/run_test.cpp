#include "plumbline/report/run.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/unit/report/run_folders.h"

namespace plumbline::report {
namespace {

using RunFolder = RunFolders;

TEST_F(RunFolder, ReadsCurvesAndLeavesOutACutLine) {
  const auto run = read_run(folder_ / "ppo");
  EXPECT_EQ(run.name, "ppo");
  EXPECT_EQ(run.seconds, 12.5);
  ASSERT_EQ(run.curves.at("gold/score").size(), 2U);
  EXPECT_EQ(run.curves.at("score/model")[1].second, 0.9);
}

TEST_F(RunFolder, SeveralSeedsOfAMethodBecomeOneColumnWithTheirRange) {
  auto first = read_run(folder_ / "eval"), second = first, other = first;
  first.figures->values["score"] = {2, 1, 3};
  second.figures->values["score"] = {3, 2.5, 3.5};
  first.figures->types[0].score = 2;
  second.figures->types[0].score = 3;
  other.name = "Other";
  const auto methods = by_method({first, other, read_run(folder_ / "ppo"), second});
  ASSERT_EQ(methods.size(), 2U);
  EXPECT_EQ(methods[0].num_runs, 2);
  EXPECT_EQ(methods[0].figures->at("score").value, 2.5);
  EXPECT_EQ(methods[0].figures->at("score").low, 2);
  EXPECT_EQ(methods[0].figures->at("score").high, 3);
  EXPECT_EQ(methods[0].figures->types[0].score, 2.5);
  EXPECT_EQ(methods[1].figures->at("score").value, other.figures->at("score").value);
  EXPECT_EQ(heading_of(methods[0]), "Mine, 2 seeds");
  second.figures->types.clear();
  EXPECT_THROW(by_method({first, second}), DataError);
}

TEST_F(RunFolder, RefusesWhatIsNotARun) {
  EXPECT_THROW(read_run(folder_), IoError);
  for (const char* figures : {"{", "{}", R"({"figures": {"answers": "many"}})"}) {
    write_file(folder_ / "eval/figures.json", figures);
    EXPECT_THROW(read_run(folder_ / "eval"), DataError) << figures;
  }
  write_file(folder_ / "ppo/run.json", R"({"finished": "today", "seconds": "long"})");
  EXPECT_THROW(read_run(folder_ / "ppo"), DataError);
}

TEST(WithoutSeed, TakesOffANumberAlone) {
  EXPECT_EQ(without_seed("ppo-facts-seed12"), "ppo-facts");
  EXPECT_EQ(without_seed("ppo-seedling"), "ppo-seedling");
  EXPECT_EQ(without_seed("ppo-seed"), "ppo-seed");
}

}  // namespace
}  // namespace plumbline::report
