#include "plumbline/train/same_run.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/train/run_folder.h"
#include "tests/support/scratch.h"

namespace plumbline::train {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;

class SameRun : public support::Scratch {
 protected:
  config::Loaded loaded(Texts sets) {
    sets.push_back("run.out=" + path_.string());
    return config::load(std::nullopt, sets);
  }
  void begin(const Texts& sets = {}, const Texts& inputs = {}) {
    RunFolder::open("sft", loaded(sets), {.inputs = inputs}, {});
  }
  // Empty when it is the same.
  std::string difference(const Texts& sets = {}, const Texts& inputs = {},
                         const std::string& stage = "sft") {
    try {
      check_same_run(stage, loaded(sets), inputs);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "";
  }
  const fs::path path_ = folder_ / "run";
};

TEST_F(SameRun, NamesAnotherStage) {
  begin();
  EXPECT_EQ(difference(), "");
  EXPECT_THAT(difference({}, {}, "ppo"), HasSubstr("one of 'sft'"));
}

TEST_F(SameRun, NamesOtherData) {
  write_file(folder_ / "train.json", "[1]");
  const Texts sets = {"data.train=" + path("train.json"), "data.images=" + folder_.string()};
  begin(sets);
  EXPECT_EQ(difference(sets), "");
  write_file(folder_ / "train.json", "[2]");
  EXPECT_THAT(difference(sets), HasSubstr("another content of data.train"));
  fs::remove(folder_ / "train.json");
  EXPECT_THAT(difference(sets), HasSubstr("data.train"));
}

TEST_F(SameRun, NamesAnotherTemplate) {
  write_file(folder_ / "prompt.toml", "a = 1");
  const Texts sets = {"reward.template=" + path("prompt.toml")};
  begin(sets);
  write_file(folder_ / "prompt.toml", "a = 2");
  EXPECT_THAT(difference(sets), HasSubstr("another content of reward.template"));
}

TEST_F(SameRun, NamesOtherInputs) {
  const std::string a = (folder_ / "a.txt").string(), b = (folder_ / "b").string();
  write_file(a, "1");
  make_folders(b);
  write_file(folder_ / "b/weights", "2");
  begin({}, {a, b});
  EXPECT_EQ(difference({}, {a, b}), "");
  EXPECT_THAT(difference({}, {a}), HasSubstr("input 2"));
  EXPECT_THAT(difference({}, {b, a}), HasSubstr("input 1"));
  EXPECT_THAT(difference({}, {a, b, a}), HasSubstr("input 3"));
  write_file(folder_ / "b/weights", "3");
  EXPECT_THAT(difference({}, {a, b}), HasSubstr("another content of input 2"));
}

TEST_F(SameRun, NamesSettingsThatDecideResults) {
  begin({"ppo.kl_coef=0.25"});
  EXPECT_THAT(difference({"ppo.kl_coef=0.5"}), HasSubstr("kl_coef = 0.5"));
  EXPECT_EQ(difference({"ppo.kl_coef=0.25", "run.checkpoint_every=7"}), "");
  EXPECT_THAT(difference({"ppo.kl_coef=0.25", "run.seed=9"}), HasSubstr("seed = 9"));
}

TEST_F(SameRun, APathMayBeSpeltOtherwise) {
  begin({"data.images=" + path("pictures")});
  EXPECT_EQ(difference({"data.images=" + path("pictures")}), "");
  EXPECT_EQ(difference({"data.images=" + path("facts/../pictures/")}), "");
  EXPECT_EQ(difference({"data.images=" + fs::relative(path("pictures")).string()}), "");
  EXPECT_THAT(difference({"data.images=" + path("others")}), HasSubstr(path("others")));
  EXPECT_THAT(difference({"data.images="}), HasSubstr("images = \"\""));
}

TEST_F(SameRun, RelativePathsStartWhereTheRunWasStarted) {
  begin({"data.images=pictures"});
  auto run = read_run_json(path_);
  EXPECT_EQ(run.at("folder"), fs::current_path().string());
  run["folder"] = path("elsewhere");
  write_file(path_ / "run.json", run.dump());
  EXPECT_THAT(difference({"data.images=pictures"}), HasSubstr("images = \"pictures\""));
  EXPECT_EQ(difference({"data.images=" + path("elsewhere/pictures")}), "");
}

TEST_F(SameRun, LinksAreFollowed) {
  make_folders(path("pictures"));
  make_folders(path("others"));
  fs::create_directory_symlink(path("pictures"), path("link"));
  begin({"data.images=" + path("pictures")});
  EXPECT_EQ(difference({"data.images=" + path("link")}), "");
  EXPECT_THAT(difference({"data.images=" + path("link/../others")}), HasSubstr("others"));
}

TEST_F(SameRun, WhatWasMovedWithTheRunIsTheSame) {
  make_folders(path("old/pictures"));
  const auto with = [&](const std::string& tree, const std::string& images) {
    return config::load(std::nullopt, {"run.out=" + path(tree) + "/run", "data.images=" + images});
  };
  RunFolder::open("sft", with("old", path("old/pictures")), {}, {});
  fs::rename(path("old"), path("new"));
  EXPECT_NO_THROW(check_same_run("sft", with("new", path("new/pictures"))));
  EXPECT_NO_THROW(check_same_run("sft", with("new", path("old/pictures"))));
  EXPECT_THROW(check_same_run("sft", with("new", path("new/others"))), ConfigError);
}

TEST_F(SameRun, NamesAnotherAdapter) {
  make_folders(path("adapter"));
  write_file(path("adapter/weights"), "1");
  const Texts sets = {"model.adapter=" + path("adapter")};
  begin(sets);
  EXPECT_EQ(difference(sets), "");
  write_file(path("adapter/weights"), "2");
  EXPECT_THAT(difference(sets), HasSubstr("another content of model.adapter"));
}

// A newer program has more settings. Those that still have their defaults change nothing.
TEST_F(SameRun, ARunOfAnOlderProgramGoesOn) {
  begin();
  std::string stored = read_file(path_ / "config.toml");
  const size_t begin = stored.find("kl_coef = "), end = stored.find('\n', begin);
  write_file(path_ / "config.toml", stored.erase(begin, end + 1 - begin));
  EXPECT_EQ(difference(), "");
  EXPECT_THAT(difference({"ppo.kl_coef=0.5"}), HasSubstr("kl_coef = 0.5"));
}

TEST_F(SameRun, ComparesTextsWithAHash) {
  begin({"data.train=a #2.json"});
  EXPECT_THAT(difference({"data.train=a #1.json"}), HasSubstr("a #1.json"));
}

TEST_F(SameRun, SaysWhereTheStoredConfigCannotBeRead) {
  begin();
  write_file(path_ / "config.toml", "[ppo]\nkl_coef = ");
  EXPECT_THAT(difference(), HasSubstr((path_ / "config.toml").string() + ":2"));
  fs::remove(path_ / "config.toml");
  EXPECT_THAT(difference(), HasSubstr("config.toml: expected a TOML file, got none"));
}

TEST_F(SameRun, ReadsOnlyOurRunJson) {
  begin();
  EXPECT_EQ(read_run_json(path_).at("stage"), "sft");
  for (const char* other : {R"({"my": "project"})", "[]", "{", ""}) {
    write_file(path_ / "run.json", other);
    EXPECT_TRUE(read_run_json(path_).is_null()) << other;
  }
  EXPECT_TRUE(read_run_json(folder_ / "nowhere").is_null());
}

}  // namespace
}  // namespace plumbline::train
