// Bad input from outside: one clear error, the right exit code, nothing lost.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using support::Outcome;
using support::plumbline;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Cli : public testing::Test {
 protected:
  void SetUp() override {
    make_folders(scratch_.path() / "images");
    write_file(scratch_ / "images/a.png", "not a picture at all");
  }
  std::vector<std::string> sft(const std::string& records) {
    write_file(scratch_ / "data.json", records);
    return {"sft",
            "--config",
            "configs/world/sft.toml",
            "--out",
            scratch_ / "run",
            "--set",
            "data.train=" + (scratch_ / "data.json"),
            "--set",
            "data.images=" + (scratch_ / "images")};
  }
  static std::string record(const std::string& image, const std::string& question,
                            const std::string& answer) {
    return R"([{"id": "1", "image": ")" + image +
           R"(", "conversations": [{"from": "human", "value": ")" + question +
           R"("}, {"from": "gpt", "value": ")" + answer + R"("}]}])";
  }
  support::ScratchFolder scratch_;
};

TEST_F(Cli, MistypedKeyNamesTheNearestAndEndsWith2) {
  const Outcome o = plumbline(
      {"reward", "--config", "configs/world/reward_facts.toml", "--set", "reward.fcats=true"});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, AllOf(HasSubstr("reward.fcats"), HasSubstr("reward.facts")));
}

TEST_F(Cli, AllConfigProblemsComeTogether) {
  const Outcome o = plumbline(
      {"ppo", "--set", "ppo.kl_coef=-1", "--set", "ppo.gama=1", "--set", "sft.train=everything"});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, AllOf(HasSubstr("kl_coef"), HasSubstr("ppo.gamma"), HasSubstr("everything")));
}

TEST_F(Cli, MissingSettingsAreNamedTogether) {
  const Outcome o = plumbline({"reward", "--out", scratch_ / "run"});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(
      o.err, AllOf(HasSubstr("model.path"), HasSubstr("data.train"), HasSubstr("reward.template")));
}

TEST_F(Cli, PathsThatLeadNowhereAreNamedTogether) {
  const Outcome o = plumbline({"sft", "--dry-run", "--set", "model.path=/gone/model", "--set",
                               "data.train=/gone/train.json", "--set", "data.facts="});
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, AllOf(HasSubstr("model.path = /gone/model, data.train = /gone/train.json"),
                           Not(HasSubstr("data.facts"))));
}

TEST_F(Cli, ADryRunNeedsNoFolder) {
  EXPECT_THAT(plumbline({"reward"}).err, HasSubstr("run.out"));
  EXPECT_THAT(plumbline({"reward", "--dry-run"}).err,
              AllOf(HasSubstr("model.path"), Not(HasSubstr("run.out"))));
}

TEST_F(Cli, NumbersThatWouldOverflowAreRefused) {
  const Outcome o = plumbline({"sft", "--set", "sft.batch_size=9223372036854775807"});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("sft.batch_size"));
}

TEST_F(Cli, AnAdapterWhereAWholeModelStartsIsRefused) {
  auto arguments = sft(record("a.png", "<image> what?", "a cup."));
  arguments.insert(arguments.end(), {"--set", "model.adapter=somewhere"});
  const Outcome o = plumbline(arguments);
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("model.adapter"));
}

TEST_F(Cli, DeepNestingAndHugeNumbersInJson) {
  for (const std::string& value : {std::string(100000, '['), std::string("1e400")}) {
    const Outcome o = plumbline(sft(R"([{"id": )" + value));
    EXPECT_EQ(o.exit_code, 3) << o.err;
    EXPECT_THAT(o.err, HasSubstr("[json]"));
  }
}

TEST_F(Cli, UnknownCommandAndFlagEndWith2) {
  const Outcome o = plumbline({"sfft"});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("'sfft'"));
  const std::vector<std::pair<std::vector<std::string>, const char*>> mistakes = {
      {{"sft", "--outt", "x"}, "expected flags of plumbline sft, got 'x --outt'"},
      {{"eval", "foo"}, "expected flags of plumbline eval, got 'foo'"},
      {{"--verson"}, "expected a command, got '--verson'"},
      {{}, "expected a command, got none"},
      {{"data"}, "expected check FILE, got none"},
      {{"eval", "score", "pope", "--join", "pos"}, "--join: pos not in {id,position}"}};
  for (const auto& [words, said] : mistakes) {
    const Outcome wrong = plumbline(words);
    EXPECT_EQ(wrong.exit_code, 2) << said;
    EXPECT_THAT(wrong.err, AllOf(HasSubstr("error: [command line]"), HasSubstr(said)));
  }
}

TEST_F(Cli, HelpListsTheSettings) {
  const Outcome o = plumbline({"ppo", "--help"});
  EXPECT_EQ(o.exit_code, 0);
  EXPECT_THAT(o.out, AllOf(HasSubstr("ppo.kl_coef"), HasSubstr("--resume")));
  EXPECT_THAT(o.out, AllOf(HasSubstr("--seed N"), HasSubstr("--out PATH")));
  EXPECT_THAT(plumbline({"--version"}).out, HasSubstr("plumbline 0."));
}

// Scripts of users depend on these: what is taken away or renamed belongs into CHANGELOG.md.
TEST_F(Cli, CommandsAndFlagsStayAsTheyAre) {
  const std::string common = "--set --out --seed --device --dtype --resume --force --quiet";
  const std::string staged = "--config " + common;
  const std::string convert =
      "--set --out --seed --quiet --questions --annotations --captions --sentences --ids --split "
      "--images --prefix --names --instruction --instruction-place --facts-prefix --places --pairs "
      "--facts --text-only --held-out --form --max-rounds --max-conversations --max-prompts "
      "--captions-per-image --allow";
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"demo", common + " --quick --seeds --variants"},
      {"world", "--config --set --out --seed --resume --force --quiet --images --split"},
      {"pretrain", staged},
      {"convert", convert},
      {"data", "--config --set --quiet --model --images --conversation --json"},
      {"sft", staged + " --dry-run"},
      {"sample", staged},
      {"annotate",
       "--config --set --out --seed --resume --force --quiet --pairs --store --annotator"},
      {"reward", staged + " --dry-run --facts"},
      {"audit", staged + " --model --json"},
      {"ppo", staged + " --dry-run"},
      {"eval", staged + " --json"},
      {"eval list", "--set --quiet"},
      {"eval answer", staged + " --questions --file --variant --images --model --adapter "
                               "--conversation --endpoint --max-tokens --literal-backslash-n"},
      {"eval judge",
       "--config --set --seed --device --dtype --quiet --questions --file --variant "
       "--join --answers --judge --out --mix-judges --dry-run"},
      {"eval score",
       "--config --set --out --seed --force --quiet --questions --file --variant "
       "--join --answers --compare --replies --name --markdown --json"},
      {"chat",
       "--config --set --seed --device --dtype --quiet --model --base --adapter "
       "--conversation --image --prompt"},
      {"score", staged + " --model --reward --facts --images --base --adapter --conversation --in"},
      {"inspect", "--config --set --seed --device --dtype --quiet --example --conversation --json"},
      {"report", "--set --out --quiet"},
      {"keys", ""}};
  for (const auto& [command, flags] : expected) {
    std::vector<std::string> words;  // "eval score" is two
    std::istringstream parts(command);
    for (std::string word; parts >> word;) words.push_back(word);
    words.push_back("--help");
    const Outcome o = plumbline(words);
    EXPECT_EQ(o.exit_code, 0);
    std::string found;
    std::istringstream lines(o.out);
    for (std::string line; std::getline(lines, line);) {
      const size_t at = line.find_first_not_of(' ');
      if (at == std::string::npos || at == 0 || line.compare(at, 2, "--") != 0) continue;
      found += (found.empty() ? "" : " ") + line.substr(at, line.find_first_of(" ,", at) - at);
    }
    EXPECT_EQ(found, flags) << command;
  }
  // None is left out.
  const Outcome all = plumbline({"--help"});
  std::istringstream lines(all.out.substr(all.out.find("Subcommands:")));
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    if (line.size() < 3 || line[2] == ' ') continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    EXPECT_TRUE(std::any_of(expected.begin(), expected.end(), [&](const auto& one) {
      return one.first == name;
    })) << name;
  }
}

TEST_F(Cli, ResumeAndForceExcludeEachOther) {
  EXPECT_EQ(plumbline({"sft", "--resume", "--force"}).exit_code, 2);
}

TEST_F(Cli, MissingImage) {
  const Outcome o = plumbline(sft(record("gone.png", "<image> what?", "a cup.")));
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, AllOf(HasSubstr("gone.png"), HasSubstr("data.json"), Not(HasSubstr("c10"))));
  EXPECT_FALSE(fs::exists(scratch_ / "run"));
}

TEST_F(Cli, PlaceholdersAndEmptyAnswers) {
  EXPECT_THAT(plumbline(sft(record("a.png", "what?", "a cup."))).err, HasSubstr("got 0"));
  EXPECT_THAT(plumbline(sft(record("a.png", "<image> <image> what?", "a cup."))).err,
              HasSubstr("got 2"));
  const Outcome o = plumbline(sft(record("a.png", "<image> what?", "")));
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, HasSubstr("empty answer"));
}

TEST_F(Cli, ARecordLongerThanTheModelIsRefusedBeforeTraining) {
  std::string answer = "a cup";
  for (int i = 0; i < 2000; ++i) answer += " and a cup";
  const Outcome o = plumbline(sft(record("a.png", "<image> what?", answer)));
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, AllOf(HasSubstr("record '1'"), HasSubstr("max_position_embeddings")));
  EXPECT_FALSE(fs::exists(scratch_ / "run"));
}

TEST_F(Cli, BrokenPng) {
  const Outcome o = plumbline(sft(record("a.png", "<image> what?", "a cup.")));
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, HasSubstr("a.png"));
}

TEST_F(Cli, MissingModelAndMissingFile) {
  const Outcome o =
      plumbline({"sft", "--config", "configs/world/sft.toml", "--out", scratch_ / "run", "--set",
                 "data.train=" + (scratch_ / "none.json")});
  EXPECT_EQ(o.exit_code, 3);
  EXPECT_THAT(o.err, HasSubstr("none.json"));
}

TEST_F(Cli, AnExistingFolderIsLeftAlone) {
  make_folders(scratch_.path() / "run");
  write_file(scratch_ / "run/thesis.txt", "years of work");
  for (const char* flag : {"--quiet", "--force", "--resume"}) {
    const Outcome o =
        plumbline({"world", "--images", "2", "--split", "sft", "--out", scratch_ / "run", flag});
    EXPECT_EQ(o.exit_code, 2) << flag;
    EXPECT_THAT(o.err, HasSubstr("not a run of Plumbline"));
    EXPECT_TRUE(fs::exists(scratch_ / "run/thesis.txt"));
  }
}

TEST_F(Cli, AnEarlierRunNeedsForce) {
  const std::vector<std::string> world = {"world", "--images",       "2",      "--split", "sft",
                                          "--out", scratch_ / "run", "--quiet"};
  EXPECT_EQ(plumbline(world).exit_code, 0);
  const Outcome again = plumbline(world);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, AllOf(HasSubstr("--resume"), HasSubstr("--force")));
  auto forced = world;
  forced.push_back("--force");
  EXPECT_EQ(plumbline(forced).exit_code, 0);
}

TEST_F(Cli, ForceSparesItsConfig) {
  const std::string run = scratch_ / "run", config = run + "/mine.toml";
  const std::vector<std::string> world = {"world", "--images", "2", "--split",
                                          "sft",   "--out",    run, "--quiet"};
  EXPECT_EQ(plumbline(world).exit_code, 0);
  write_file(config, "[world]\nnum_images = 2\n");
  auto forced = world;
  forced.insert(forced.end(), {"--force", "--config", config});
  const Outcome o = plumbline(forced);
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("--config outside of it"));
  EXPECT_TRUE(fs::exists(config));
}

TEST_F(Cli, ACompleteRunThatHasLostAFileIsNoLongerComplete) {
  std::vector<std::string> world = {"world", "--images",       "2",       "--split", "sft",
                                    "--out", scratch_ / "run", "--resume"};
  EXPECT_EQ(plumbline(world).exit_code, 0);
  EXPECT_THAT(plumbline(world).err, HasSubstr("already complete"));
  fs::remove(fs::path(scratch_ / "run") / "conversations.json");
  const Outcome o = plumbline(world);
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("conversations.json"));
}

TEST_F(Cli, TheWorldIsAFunctionOfItsSeed) {
  const auto make = [&](const std::string& name, const std::string& seed) {
    EXPECT_EQ(plumbline({"world", "--images", "3", "--split", "ppo", "--seed", seed, "--out",
                         scratch_ / name, "--quiet"})
                  .exit_code,
              0);
    return read_file(scratch_ / (name + "/prompts.json")) +
           read_file(scratch_ / (name + "/images/000002.png"));
  };
  const std::string first = make("one", "5");
  EXPECT_TRUE(first == make("two", "5"));
  EXPECT_FALSE(first == make("three", "6"));
}

TEST_F(Cli, KeysAreTheDocumentedOnes) {
  EXPECT_EQ(plumbline({"keys"}).out, read_file("docs/config.md"))
      << "remake it: plumbline keys > docs/config.md";
}

}  // namespace
}  // namespace plumbline
