#include "plumbline/study/variant.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/config/config.h"
#include "tests/support/scratch.h"

namespace plumbline::study {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Variant> read(const std::string& text) {
  const support::ScratchFolder scratch;
  write_file(scratch / "variants.toml", text);
  return read_variants(scratch / "variants.toml");
}

std::vector<std::string> names_of(const std::vector<Variant>& variants) {
  std::vector<std::string> names;
  for (const auto& variant : variants) names.push_back(variant.name);
  return names;
}

TEST(Variants, AreReadInTheFilesOrder) {
  const auto variants = read(
      "[zebra]\nabout = \"x\"\nppo = [\"ppo.kl_coef=0\", \"ppo.epochs=1\"]\n[default]\n"
      "[apple]\nannotate = [\"annotate.noise=0\"]\n[swapped]\nfacts = \"exchanged\"\n");
  EXPECT_THAT(names_of(variants), ElementsAre("zebra", "default", "apple", "swapped"));
  EXPECT_EQ(variants[0].about, "x");
  EXPECT_THAT(variants[0].settings.at("ppo"), ElementsAre("ppo.kl_coef=0", "ppo.epochs=1"));
  EXPECT_TRUE(variants[1].is_default());
  EXPECT_TRUE(variants[3].has_exchanged_facts);
}

TEST(Variants, TrainWhatTheyChange) {
  const auto variants = read(
      "[kl]\nppo = [\"ppo.kl_coef=0\"]\n[exact]\nannotate = [\"annotate.noise=0\"]\n"
      "[exchanged]\nfacts = \"exchanged\"\n[few]\nreward = [\"reward.max_facts=1\"]\n"
      "[long]\nreward = [\"reward.max_facts=1\", \"reward.epochs=2\"]\n"
      "[both]\nfacts = \"exchanged\"\nppo = [\"ppo.kl_coef=0\"]\n[default]\n");
  const auto trained = [&](size_t at) {  // reward model and policy without facts, then with them
    const Variant& v = variants[at];
    return std::vector{v.has_own_reward(false), v.has_own_policy(false), v.has_own_reward(true),
                       v.has_own_policy(true)};
  };
  EXPECT_THAT(trained(0), ElementsAre(false, true, false, true));
  EXPECT_THAT(trained(1), ElementsAre(true, true, true, true));
  EXPECT_TRUE(variants[1].has_own_comparisons());
  EXPECT_THAT(trained(2), ElementsAre(false, false, true, true));
  EXPECT_FALSE(variants[2].has_own_comparisons());
  EXPECT_THAT(trained(3), ElementsAre(false, false, true, true));
  EXPECT_THAT(trained(4), ElementsAre(true, true, true, true));
  EXPECT_THAT(trained(5), ElementsAre(false, true, true, true));
  EXPECT_THAT(trained(6), ElementsAre(false, false, false, false));
}

TEST(Variants, AllProblemsOfAFileAreTold) {
  try {
    read("[a]\nfacts = \"none\"\n[b]\nppo = [3]\nreward = \"x=1\"\n");
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(),
                testing::AllOf(HasSubstr("line 2"), HasSubstr("line 4"), HasSubstr("line 5")));
  }
}

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(Variants, NamesAreFoldersOfTheirOwn) {
  const std::string settings = "ppo = [\"ppo.kl_coef=0\"]\n";
  for (const char* name :
       {"\"../a\"", "\"a/b\"", "\"\"", "\"a,b\"", "\"-a\"", "all", "none", "answers"}) {
    EXPECT_THAT(error_of(fmt::format("[{}]\n{}", name, settings)), HasSubstr("a name of letters"))
        << name;
  }
  EXPECT_THAT(error_of("[default]\n" + settings), HasSubstr("the method itself"));
  EXPECT_THAT(error_of("[a]\nabout = \"b\"\n"), HasSubstr("got none"));
  EXPECT_EQ(error_of("[a-B_3]\n" + settings), "");
}

TEST(Variants, SettingsAreTheirStages) {
  const auto error = error_of(
      "[a]\nppo = [\"reward.epochs=3\", \"run.seed=5\", \"model.path=x\"]\n"
      "reward = [\"reward.facts=false\", \"annotate.noise=1\"]\n");
  EXPECT_THAT(error, AllOf(HasSubstr("'reward.epochs=3'"), HasSubstr("'run.seed=5'"),
                           HasSubstr("'model.path=x'"), HasSubstr("'reward.facts=false'"),
                           HasSubstr("'annotate.noise=1'")));
}

TEST(Variants, ThoseOfTheKlPenaltyAreOneCurve) {
  EXPECT_TRUE(Variant{}.differs_in_kl_alone());
  EXPECT_TRUE(
      (Variant{.name = "a", .settings = {{"ppo", {"ppo.kl_coef=0.1"}}}}.differs_in_kl_alone()));
  EXPECT_FALSE((Variant{.name = "a", .settings = {{"ppo", {"ppo.kl_coef=0", "ppo.total_steps=9"}}}}
                    .differs_in_kl_alone()));
  EXPECT_FALSE((Variant{.name = "a", .settings = {{"annotate", {"annotate.noise=0"}}}}
                    .differs_in_kl_alone()));
  EXPECT_FALSE((Variant{.name = "a", .has_exchanged_facts = true}.differs_in_kl_alone()));
}

TEST(Variants, AreChosenByName) {
  const std::vector<Variant> all = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
  EXPECT_THAT(names_of(chosen_variants(all, "all")), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(chosen_variants(all, "none").empty());
  EXPECT_THAT(names_of(chosen_variants(all, "c, a")), ElementsAre("a", "c"));
  try {
    chosen_variants(all, "e,a,d");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), HasSubstr("'d', 'e'"));
  }
}

TEST(Exchanged, EveryImageHasAnothersFacts) {
  const data::Facts facts = {{"1", {"one"}}, {"2", {"two"}}, {"3", {"three"}}};
  const data::Facts expected = {{"1", {"three"}}, {"2", {"one"}}, {"3", {"two"}}};
  EXPECT_EQ(exchanged(facts), expected);
  EXPECT_TRUE(exchanged({}).empty());
}

TEST(Variants, ThoseOfTheWorldNameSettingsThatExist) {
  const std::map<std::string, std::string> files = {
      {"annotate", "annotate"}, {"reward", "reward_facts"}, {"ppo", "ppo_facts"}};
  const auto variants = read_variants("configs/world/variants.toml");
  EXPECT_GE(variants.size(), 10U);
  // Those that stand beside claims are left out without a word where they are not there.
  EXPECT_EQ(chosen_variants(variants, "weak-kl,authors-kl,pairs-250,paper,facts-exchanged").size(),
            5U);
  for (const auto& variant : variants) {
    EXPECT_NE(variant.about, "") << variant.name;
    for (const auto& [stage, settings] : variant.settings) {
      EXPECT_NO_THROW(config::load("configs/world/" + files.at(stage) + ".toml", settings))
          << variant.name;
    }
  }
}

}  // namespace
}  // namespace plumbline::study
