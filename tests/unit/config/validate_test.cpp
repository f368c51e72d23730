#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "plumbline/config/config.h"

namespace plumbline::config {
namespace {

std::vector<std::string> lines(const std::function<void(Config&)>& change) {
  Config c;
  change(c);
  std::vector<std::string> out;
  for (const Problem& problem : validate(c)) out.push_back(problem.key + problem.text);
  return out;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Validate, DefaultsAreSound) { EXPECT_THAT(validate(Config{}), IsEmpty()); }

TEST(Validate, AnnotatorWeightsAreNamesWithNumbers) {
  EXPECT_EQ(parse_weight("ann=0.5"), (std::pair<std::string, double>{"ann", 0.5}));
  EXPECT_EQ(parse_weight("a=b=2"), (std::pair<std::string, double>{"a=b", 2}));
  for (const char* wrong : {"ann", "=1", "ann=", "ann=-1", "ann=x", "ann=1e400", "ann=nan"}) {
    EXPECT_FALSE(parse_weight(wrong)) << wrong;
  }
  Config c;
  c.reward.annotator_weights = {"ann=1", "ben"};
  EXPECT_EQ(validate(c).size(), 1U);
}

TEST(Validate, PpoSizesDivide) {
  EXPECT_THAT(lines([](Config& c) { c.ppo.minibatch_size = 50; }),
              ElementsAre("ppo.minibatch_size = 50: expected a divisor of ppo.rollout_size = 192"));
  EXPECT_THAT(lines([](Config& c) { c.ppo.minibatch_size = 192; }), IsEmpty());
}

TEST(Validate, PpoStepsAndBenchmark) {
  EXPECT_THAT(lines([](Config& c) { c.ppo.value_warmup_steps = 61; }),
              ElementsAre("ppo.value_warmup_steps = 61: expected at most ppo.total_steps = 60"));
}

TEST(Validate, AnswersHaveRoom) {
  EXPECT_THAT(
      lines([](Config& c) { c.generation.min_tokens = 65; }),
      ElementsAre("generation.min_tokens = 65: expected at most generation.max_tokens = 64"));
}

TEST(Validate, HeadsDivideWidths) {
  EXPECT_THAT(lines([](Config& c) { c.pretrain.vision_heads = 3; }),
              ElementsAre("pretrain.vision_heads = 3: expected a divisor of "
                          "pretrain.vision_hidden = 128"));
  EXPECT_THAT(
      lines([](Config& c) { c.pretrain.text_kv_heads = 3; }),
      ElementsAre("pretrain.text_kv_heads = 3: expected a divisor of pretrain.text_heads = 4"));
  EXPECT_THAT(
      lines([](Config& c) { c.pretrain.text_hidden = 12; }),
      ElementsAre("pretrain.text_hidden = 12: expected an even width per head, got 12 / 4 = 3"));
}

TEST(Validate, Devices) {
  for (const char* good : {"cpu", "cuda", "cuda:0", "cuda:12"}) {
    EXPECT_THAT(lines([&](Config& c) { c.run.device = good; }), IsEmpty()) << good;
  }
  for (const char* bad : {"", "gpu", "cuda:", "cuda:x", "cpu:0", "cuda:99999"}) {
    EXPECT_THAT(lines([&](Config& c) { c.run.device = bad; }), testing::SizeIs(1)) << bad;
  }
}

}  // namespace
}  // namespace plumbline::config
