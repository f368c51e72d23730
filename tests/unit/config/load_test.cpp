#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/config/config.h"
#include "tests/support/scratch.h"

namespace plumbline::config {
namespace {

using support::TemporaryFile;
using testing::HasSubstr;

std::string error_of(const std::optional<std::string>& file, const std::vector<std::string>& sets) {
  try {
    load(file, sets);
  } catch (const ConfigError& e) {
    EXPECT_EQ(e.exit_code(), 2);
    return e.what();
  }
  ADD_FAILURE() << "no exception";
  return {};
}

TEST(Load, NothingGivenMeansDefaults) {
  const Loaded loaded = load(std::nullopt, {});
  EXPECT_EQ(loaded.config, Config{});
  EXPECT_EQ(loaded.origins.at("ppo.kl_coef"), "default");
}

TEST(Load, FileThenSetsTheLastOneWins) {
  const TemporaryFile file("[ppo]\nkl_coef = 0.02\nkl_estimator = \"k3\"\n[run]\nseed = 7\n");
  const Loaded loaded = load(file.path(), {"ppo.kl_coef=0.5", "ppo.kl_coef=1"});
  EXPECT_EQ(loaded.config.ppo.kl_coef, 1.0);
  EXPECT_EQ(loaded.config.ppo.kl_estimator, KlEstimatorKind::K3);
  EXPECT_EQ(loaded.config.run.seed, 7);
  EXPECT_EQ(loaded.origins.at("ppo.kl_coef"), "--set");
  EXPECT_EQ(loaded.origins.at("ppo.kl_estimator"), file.path() + ":3");
  EXPECT_EQ(loaded.sets.size(), 2u);
}

TEST(Load, SetTakesBareWordsQuotesAndLists) {
  const auto config = [](const std::string& set) { return load(std::nullopt, {set}).config; };
  EXPECT_EQ(config("run.out=runs/a b").run.out, "runs/a b");
  EXPECT_EQ(config("run.out=\"runs/x\"").run.out, "runs/x");
  EXPECT_EQ(config("run.out=123").run.out, "123");
  EXPECT_EQ(config("run.out=a=b").run.out, "a=b");
  EXPECT_EQ(config("run.out=").run.out, "");
  EXPECT_EQ(config("sft.train=lora").sft.train, SftTrain::Lora);
  EXPECT_TRUE(config("ppo.symmetric_yes_no=true").ppo.symmetric_yes_no);
  const std::vector<std::string> two = {"q_proj", "v_proj"};
  EXPECT_EQ(config("lora.targets=q_proj, v_proj").lora.targets, two);
  EXPECT_EQ(config("lora.targets=[q_proj,v_proj]").lora.targets, two);
  EXPECT_EQ(config("lora.targets=[\"q_proj\", 'v_proj']").lora.targets, two);
  EXPECT_EQ(config("optimizer.lr=3e-5").optimizer.lr, 3e-5);
}

TEST(Load, UnknownKeyNamesTheNearest) {
  EXPECT_EQ(error_of(std::nullopt, {"reward.fcats=true"}),
            "[config] 1 problem in the settings:\n"
            "  --set reward.fcats=true: unknown key 'reward.fcats'; the nearest is 'reward.facts'");
  EXPECT_THAT(error_of(std::nullopt, {"sft.lr=1"}), HasSubstr("the nearest is 'optimizer.lr'"));
  EXPECT_THAT(error_of(std::nullopt, {"lr=1"}), HasSubstr("the nearest is 'optimizer.lr'"));
  EXPECT_THAT(error_of(std::nullopt, {"pppo.kl_coeff=1"}), HasSubstr("'ppo.kl_coef'"));
}

TEST(Load, ReportsEverythingAtOnce) {
  const TemporaryFile file(
      "seed = 1\n"  // 1: outside a section
      "[ppo]\n"
      "kl_coef = -1\n"           // 3: out of range
      "epochs = \"two\"\n"       // 4: wrong type
      "total_steps = 1.5\n"      // 5: not an integer
      "kl_estimator = \"k4\"\n"  // 6: no such choice
      "clip_rang = 0.2\n"        // 7: unknown key
      "rollout_size = 100\n"     // 8
      "[modle]\n"                // 9: unknown section
      "path = \"x\"\n"
      "[lora]\n"
      "saved_modules = [\"lm_head\", \"norm\"]\n"  // 12
      "[generation]\n"
      "temperature = inf\n");  // 14
  const std::string text =
      error_of(file.path(), {"run.threads=many", "nonsense", "run.device=gpu"});
  const auto at = [&](int line) {
    return "\n  " + file.path() + ":" + std::to_string(line) + ": ";
  };
  EXPECT_THAT(text, HasSubstr("[config] 13 problems in the settings:"));
  EXPECT_THAT(text,
              HasSubstr(at(1) + "key 'seed' stands outside a section; the nearest is 'run.seed'"));
  EXPECT_THAT(text, HasSubstr(at(3) + "ppo.kl_coef = -1: expected a number, at least 0"));
  EXPECT_THAT(text, HasSubstr(at(4) + "ppo.epochs = 'two': expected an integer, at least 1"));
  EXPECT_THAT(text, HasSubstr(at(5) + "ppo.total_steps = 1.5: expected an integer"));
  EXPECT_THAT(text,
              HasSubstr(at(6) + "ppo.kl_estimator = 'k4': expected one of k1, k1_clamped, k2, k3"));
  EXPECT_THAT(text,
              HasSubstr(at(7) + "unknown key 'ppo.clip_rang'; the nearest is 'ppo.clip_range'"));
  EXPECT_THAT(text, HasSubstr(at(9) + "unknown section 'modle'; the nearest is 'model'"));
  EXPECT_THAT(text, HasSubstr("lora.saved_modules = [\"norm\"]: expected names among"));
  EXPECT_THAT(text, HasSubstr(at(14) + "generation.temperature = inf: expected a number"));
  EXPECT_THAT(text, HasSubstr("\n  --set run.threads=many: expected an integer, 0 to 1024"));
  EXPECT_THAT(text, HasSubstr("\n  --set nonsense: expected section.key=value"));
  EXPECT_THAT(text, HasSubstr("\n  --set: run.device = \"gpu\": expected cpu, cuda or cuda:N"));
  EXPECT_THAT(
      text, HasSubstr("\n  ppo.minibatch_size = 96: expected a divisor of ppo.rollout_size = 100"));
}

TEST(Load, MissingFileAndBadSetAreReportedTogether) {
  const std::string text = error_of("no/such.toml", {"ppo.epochs=0"});
  EXPECT_THAT(text, HasSubstr("no/such.toml: expected a TOML file, got none"));
  EXPECT_THAT(text, HasSubstr("--set ppo.epochs=0: expected an integer, at least 1"));
}

TEST(Load, FlagsAreNamedAsTheyWereTyped) {
  try {
    load(std::nullopt, {"run.seed=abc", "run.device=gpu"},
         {{"run.seed=abc", "--seed"}, {"run.device=gpu", "--device"}});
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr("\n  --seed: run.seed=abc: expected an integer"));
    EXPECT_THAT(e.what(), HasSubstr("\n  --device: run.device = \"gpu\": expected cpu"));
  }
}

TEST(Load, NumbersWhoseProductsOverflowHaveALimit) {
  EXPECT_THAT(error_of(std::nullopt, {"sft.micro_tokens=3000000000"}),
              HasSubstr("expected an integer, at least 1, at most 2147483647"));
}

TEST(Load, BrokenTomlGivesTheLine) {
  const TemporaryFile file("[ppo]\nkl_coef = 0.1\nepochs = = 2\n");
  EXPECT_THAT(error_of(file.path(), {}),
              HasSubstr(file.path() + ":3: expected TOML, got 'epochs = = 2'"));
}

TEST(Load, ValueCannotSmuggleInAnotherKey) {
  EXPECT_THAT(error_of(std::nullopt, {"run.seed=1\nrun.out = 2"}),
              HasSubstr("expected an integer"));
}

TEST(Load, SectionsOfOtherStagesAreFine) {
  const TemporaryFile file("[world]\nnum_images = 5\n[eval]\nmax_tokens = 3\n");
  EXPECT_EQ(load(file.path(), {}).config.world.num_images, 5);
}

// The comparison of both methods rests on this: nothing but the facts may differ.
TEST(WorldConfigs, WithAndWithoutFactsDifferInNothingElse) {
  const auto read = [](const std::string& name) {
    return load("configs/world/" + name + ".toml", {}).config;
  };
  Config reward = read("reward_facts"), ppo = read("ppo_facts");
  EXPECT_TRUE(reward.reward.facts);
  reward.reward.facts = false;
  EXPECT_EQ(reward, read("reward_plain"));
  ppo.model.reward_adapter = read("ppo_plain").model.reward_adapter;
  EXPECT_EQ(ppo, read("ppo_plain"));
}

}  // namespace
}  // namespace plumbline::config
