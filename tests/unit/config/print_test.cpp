#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"
#include "plumbline/config/fields.h"
#include "tests/support/scratch.h"

namespace plumbline::config {
namespace {

using support::TemporaryFile;
using testing::HasSubstr;
using testing::Not;

TEST(ToToml, LoadsBackToTheSameConfig) {
  Config c;
  c.run.out = "runs/\"odd\" \\ näme\ttab";
  c.run.seed = int64_t{1} << 53;
  c.ppo.kl_coef = 0.1 + 0.2;
  c.ppo.kl_estimator = KlEstimatorKind::K2;
  c.optimizer.lr = 1.0 / 3 * 1e-7;
  c.optimizer.schedule = Schedule::Linear;
  c.sft.train = SftTrain::Projector;
  c.lora.targets = {"v_proj"};
  c.reward.template_file = "a.toml";
  const TemporaryFile file(to_toml(c));
  EXPECT_EQ(load(file.path(), {}).config, c);
}

TEST(Markdown, ListsEveryKeyWithDefaultAndRange) {
  const std::string text = markdown();
  for (const Section& section : sections()) {
    EXPECT_THAT(text, HasSubstr("\n## [" + section.name + "]\n"));
    for (const Field& field : section.fields)
      EXPECT_THAT(text, HasSubstr("\n| `" + field.key + "` |"));
  }
  EXPECT_THAT(text,
              HasSubstr("| `kl_coef` | `0.1` | a number, at least 0 | "
                        "weight of the per-token KL penalty, per nat | LLaVA-RLHF release |"));
  EXPECT_THAT(text, HasSubstr("weight of \\|mean(score sum)\\|"));
}

TEST(Help, ShowsWhatAStageTakesInPlaceOfADefault) {
  const std::string text = help({"sft"}, {{"sft.batch_size", "all"}});
  EXPECT_THAT(text, HasSubstr("sft.batch_size = all "));
  EXPECT_THAT(text, Not(HasSubstr("sft.batch_size = 32")));
}

TEST(Help, ShowsTheSectionsAskedFor) {
  const std::string text = help({"sft", "lora"});
  EXPECT_THAT(text, HasSubstr("sft.batch_size = 32"));
  EXPECT_THAT(text, HasSubstr("lora.rank = 16"));
  EXPECT_THAT(text, Not(HasSubstr("ppo.")));
  EXPECT_THROW(help({"nothing"}), InternalError);
}

}  // namespace
}  // namespace plumbline::config
