#include "plumbline/train/run_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/revision.h"
#include "plumbline/formats/metrics_lines.h"
#include "tests/support/scratch.h"

namespace plumbline::train {
namespace {

using testing::HasSubstr;

class RunFolderTest : public support::Scratch {
 protected:
  config::Loaded loaded(const std::vector<std::string>& sets = {}) {
    auto all = sets;
    all.push_back("run.out=" + path_.string());
    return config::load(std::nullopt, all);
  }
  std::string error_of(OpenOptions options, const std::vector<std::string>& sets = {}) {
    try {
      RunFolder::open("sft", loaded(sets), options, {});
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "";
  }
  const fs::path path_ = folder_ / "run";
};

TEST_F(RunFolderTest, HoldsConfigAndCommand) {
  auto run = RunFolder::open("sft", loaded({"ppo.kl_coef=0.25"}), {}, {"plumbline", "ppo"});
  EXPECT_THAT(read_file(path_ / "config.toml"), HasSubstr("kl_coef = 0.25"));
  EXPECT_THAT(read_file(path_ / "run.json"), HasSubstr("\"ppo\""));
  run.finish();
  EXPECT_THAT(read_file(path_ / "run.json"), HasSubstr("\"finished\""));
  EXPECT_THAT(read_file(path_ / "run.json"), HasSubstr(fmt::format("\"{}\"", revision())));
}

TEST_F(RunFolderTest, SecondsAddUpOverInterruptions) {
  const auto seconds = [&] {
    return nlohmann::json::parse(read_file(path_ / "run.json")).at("seconds").get<double>();
  };
  {
    auto run = RunFolder::open("sft", loaded(), {}, {});
    run.save_checkpoint(1, [](const fs::path& folder) { write_file(folder / "x", ""); });
    EXPECT_GE(seconds(), 0);
  }
  auto about = nlohmann::json::parse(read_file(path_ / "run.json"));
  EXPECT_FALSE(about.contains("finished"));
  about["seconds"] = 1000;
  write_file(path_ / "run.json", about.dump());
  RunFolder::open("sft", loaded(), {.resume = true}, {}).finish();
  EXPECT_GE(seconds(), 1000);
}

TEST_F(RunFolderTest, IsNotReplacedUnasked) {
  RunFolder::open("sft", loaded(), {}, {});
  EXPECT_THAT(error_of({}), HasSubstr("--resume continues it, --force replaces it"));
  EXPECT_EQ(error_of({.force = true}), "");
}

TEST_F(RunFolderTest, NeverReplacesWhatIsNotARun) {
  make_folders(path_);
  write_file(path_ / "thesis.txt", "years of work");
  EXPECT_THAT(error_of({.force = true}), HasSubstr("not a run of Plumbline"));
  EXPECT_TRUE(fs::exists(path_ / "thesis.txt"));
  EXPECT_THAT(error_of({.resume = true}), HasSubstr("not a run of Plumbline"));
}

TEST_F(RunFolderTest, ResumesFromTheNewestCheckpointAndDropsLaterMetrics) {
  {
    auto run = RunFolder::open("sft", loaded({"run.keep_checkpoints=2"}), {}, {});
    EXPECT_FALSE(run.latest_checkpoint());
    for (int64_t step = 1; step <= 4; ++step) {
      run.metrics().record(step, {{"x", 1}});
      if (step < 4) {
        run.save_checkpoint(
            step, [&](const fs::path& f) { write_file(f / "state", std::to_string(step)); });
      }
    }
    EXPECT_FALSE(fs::exists(path_ / "checkpoints/step-000001"));
    EXPECT_TRUE(fs::exists(path_ / "checkpoints/step-000002"));
  }
  auto run = RunFolder::open("sft", loaded({"run.keep_checkpoints=2"}), {.resume = true}, {});
  ASSERT_TRUE(run.latest_checkpoint());
  EXPECT_EQ(RunFolder::step_of(*run.latest_checkpoint()), 3);
  EXPECT_EQ(formats::read_metrics(path_ / "metrics.jsonl").size(), 3U);
}

TEST_F(RunFolderTest, AnotherRunIsNotResumed) {  // same_run_test.cpp has what that is
  RunFolder::open("sft", loaded({"ppo.kl_coef=0.25"}), {}, {});
  EXPECT_EQ(error_of({.resume = true}, {"ppo.kl_coef=0.25"}), "");
  EXPECT_THAT(error_of({.resume = true}, {"ppo.kl_coef=0.5"}), HasSubstr("kl_coef = 0.5"));
  EXPECT_THROW(RunFolder::open("ppo", loaded({"ppo.kl_coef=0.25"}), {.resume = true}, {}),
               ConfigError);
}

TEST_F(RunFolderTest, AFailedCheckpointLeavesTheLastOne) {
  auto run = RunFolder::open("sft", loaded(), {}, {});
  run.save_checkpoint(1, [](const fs::path& f) { write_file(f / "state", "good"); });
  EXPECT_THROW(run.save_checkpoint(2,
                                   [](const fs::path& f) {
                                     write_file(f / "state", "half");
                                     throw IoError(Complaint{.component = "test",
                                                             .doing = "filling the disk"});
                                   }),
               IoError);
  EXPECT_EQ(read_file(path_ / "checkpoints/step-000001/state"), "good");
  EXPECT_FALSE(fs::exists(path_ / "checkpoints/step-000002"));
}

TEST_F(RunFolderTest, ForceSparesItsInputs) {
  RunFolder::open("sft", loaded(), {}, {}).finish();
  const std::string inside = (path_ / "answers.jsonl").string();
  write_file(inside, "1");
  EXPECT_THAT(error_of({.force = true, .inputs = {inside}}), HasSubstr("inputs outside of it"));
  EXPECT_THAT(error_of({.force = true, .inputs = {path_.string()}}), HasSubstr("inputs outside"));
  EXPECT_EQ(read_file(inside), "1");
}

TEST_F(RunFolderTest, KnowsWhatACompleteRunHasLost) {
  make_folders(path_);
  {
    auto run = RunFolder::open("sft", loaded(), {}, {});
    make_folders(path_ / "model");
    make_folders(path_ / "images");
    write_file(path_ / "model/weights", "1");
    write_file(path_ / "answers.jsonl", "1");
    write_file(path_ / "images/a.png", "1");
    EXPECT_TRUE(RunFolder::changed_files(path_).empty());
    run.finish();
  }
  write_file(path_ / "more", "1");
  fs::remove(path_ / "images/a.png");
  EXPECT_TRUE(RunFolder::changed_files(path_).empty());
  write_file(path_ / "answers.jsonl", "");
  fs::remove(path_ / "model/weights");
  EXPECT_THAT(RunFolder::changed_files(path_),
              testing::ElementsAre("answers.jsonl", "model/weights"));
}

TEST_F(RunFolderTest, IsHeldByOneProcess) {
  const auto run = RunFolder::open("sft", loaded(), {}, {});
  EXPECT_THAT(error_of({.resume = true}), HasSubstr("no other process uses"));
  EXPECT_THAT(error_of({.force = true}), HasSubstr("no other process uses"));
  EXPECT_TRUE(fs::exists(path_ / "config.toml"));
}

TEST_F(RunFolderTest, ForceSparesOtherPeoplesFoldersAndItsOwnInputs) {
  make_folders(path_);
  write_file(path_ / "run.json", R"({"my": "project"})");
  write_file(path_ / "thesis.txt", "years of work");
  EXPECT_THAT(error_of({.force = true}), HasSubstr("not a run of Plumbline"));
  EXPECT_TRUE(fs::exists(path_ / "thesis.txt"));
  fs::remove_all(path_);
  RunFolder::open("sft", loaded(), {}, {});
  const std::string input = "data.train=" + (path_ / "conversations.json").string();
  EXPECT_THAT(error_of({.force = true}, {input}), HasSubstr("data.train"));
  EXPECT_TRUE(fs::exists(path_ / "config.toml"));
}

TEST_F(RunFolderTest, SparesAConfigThatSomebodyWrote) {
  make_folders(path_);
  write_file(path_ / "config.toml", "# mine\n[run]\nseed = 1\n");
  EXPECT_THAT(error_of({}), HasSubstr("not a run of Plumbline"));
  EXPECT_THAT(read_file(path_ / "config.toml"), HasSubstr("mine"));
}

// Its folder may be a mount, or the one that the shell is in.
TEST_F(RunFolderTest, ForceKeepsTheFolderAndWhatALinkNames) {
  const fs::path real = folder_ / "real";
  make_folders(real);
  fs::create_directory_symlink(real, path_);
  RunFolder::open("sft", loaded(), {}, {}).finish();
  write_file(real / "old", "1");
  EXPECT_EQ(error_of({.force = true}), "");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_FALSE(fs::exists(real / "old"));
  EXPECT_TRUE(fs::exists(real / "run.json"));
}

TEST_F(RunFolderTest, AFolderThatAKillLeftHalfMadeIsTakenOver) {
  make_folders(path_);
  write_file(path_ / "config.toml", config::to_toml({}));
  write_file(path_ / (std::string("run.json") + kAsideSuffix), "{");
  EXPECT_EQ(error_of({.resume = true}), "");
  EXPECT_TRUE(fs::exists(path_ / "run.json"));
}

}  // namespace
}  // namespace plumbline::train
