#include "plumbline/config/llava_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::config {
namespace {

using testing::HasSubstr;

LlavaConfig sound() {
  LlavaConfig c;
  c.text = {.vocab_size = 512,
            .hidden_size = 64,
            .intermediate_size = 96,
            .num_layers = 2,
            .num_heads = 4,
            .num_kv_heads = 2,
            .head_dim = 16};
  c.vision = {.image_size = 64,
              .patch_size = 16,
              .hidden_size = 32,
              .intermediate_size = 64,
              .num_layers = 3,
              .num_heads = 2};
  c.image_token = 3;
  return c;
}

TEST(Problem, EmptyWhenConsistent) { EXPECT_EQ(problem(sound()), ""); }

TEST(Problem, NamesFieldAndBothNumbers) {
  auto c = sound();
  c.text.num_kv_heads = 3;
  EXPECT_EQ(problem(c), "text.num_kv_heads = 3: expected a divisor of text.num_heads = 4");
  c = sound();
  c.vision.patch_size = 15;
  EXPECT_EQ(problem(c), "vision.patch_size = 15: expected a divisor of vision.image_size = 64");
  c = sound();
  c.text.head_dim = 15;
  EXPECT_EQ(problem(c), "text.head_dim = 15: expected an even number");
  c = sound();
  c.image_token = 512;
  EXPECT_EQ(problem(c), "image_token = 512: expected 0 to 511 (text.vocab_size = 512)");
  c = sound();
  c.text.max_positions = 16;
  EXPECT_EQ(problem(c), "text.max_positions = 16: expected more than an image's 16 rows");
}

TEST(Problem, ReportsAllAtOnceAndSurvivesZeros) {
  const std::string text = problem(LlavaConfig{});
  EXPECT_THAT(text, HasSubstr("text.num_heads = 0: expected above 0"));
  EXPECT_THAT(text, HasSubstr("vision.patch_size = 0: expected above 0"));
}

TEST(Problem, ALanguageModelAloneHasNoTower) {
  LlavaConfig c = sound();
  c.image_token = kNoImageToken;
  EXPECT_THAT(problem(c), HasSubstr("image_token = -1: expected an id, as there is a tower"));
  c.vision = {};
  EXPECT_EQ(problem(c), "");
  EXPECT_FALSE(c.takes_images());
  EXPECT_EQ(c.image_rows(), 0);
}

TEST(Problem, RotaryScalingIsChecked) {
  LlavaConfig c = sound();
  c.text.rope_scaling = {.kind = RopeKind::Llama3, .factor = 8, .high_freq_factor = 1};
  EXPECT_THAT(problem(c), HasSubstr("original_max_positions = 0: expected above 0"));
  EXPECT_THAT(problem(c), HasSubstr("high_freq_factor = 1: expected above low_freq_factor = 1"));
  c.text.rope_scaling = {.kind = RopeKind::Linear, .factor = 0};
  EXPECT_THAT(problem(c), HasSubstr("factor = 0: expected above 0"));
  c = sound();
  c.text.head_dim = 2;
  c.text.rope_scaling = {.kind = RopeKind::Dynamic, .factor = 2};
  EXPECT_THAT(problem(c), HasSubstr("text.head_dim = 2: expected at least 4"));
}

TEST(Problem, ALinearProjectorBelongsToTheOriginalLayout) {
  LlavaConfig c = sound();
  c.projector = ProjectorKind::Linear;
  EXPECT_EQ(problem(c), "image_token = 3: expected -200 with a linear projector");
  c.image_token = kSplicedImageToken;
  EXPECT_EQ(problem(c), "");
}

TEST(ImageRows, CountWhatTheTowerHandsOn) {
  LlavaConfig c = sound();
  EXPECT_EQ(c.image_rows(), 16);
  c.skip_first_row = false;
  EXPECT_EQ(c.image_rows(), 17);
  c.vision.kind = TowerKind::Siglip;
  c.vision.patch_size = 15;  // 64 pixels hold four, and a remainder
  EXPECT_EQ(c.image_rows(), 16);
  EXPECT_EQ(problem(c), "");
}

TEST(LongestSequence, ReachesAsFarAsTheAngles) {
  LlamaConfig c = sound().text;
  c.max_positions = 100;
  EXPECT_EQ(longest_sequence(c), 100);
  c.rope_scaling = {.kind = RopeKind::Dynamic, .factor = 2.5};
  EXPECT_EQ(longest_sequence(c), 250);
  c.rope_scaling = {.kind = RopeKind::Yarn, .factor = 4, .original_max_positions = 20};
  EXPECT_EQ(longest_sequence(c), 100);
  c.rope_scaling.original_max_positions = 50;
  EXPECT_EQ(longest_sequence(c), 200);
  c.rope_scaling.kind = RopeKind::Llama3;
  EXPECT_EQ(longest_sequence(c), 100);
}

TEST(Problem, ABeginTokenMayBeMissingAnEndTokenMayNot) {
  auto c = sound();
  c.text.begin_token = -1;
  EXPECT_EQ(problem(c), "");
  c.text.end_token = -1;
  EXPECT_THAT(problem(c), HasSubstr("text.end_token = -1"));
}

TEST(NumTowerBlocks, CountsFromEitherEnd) {
  auto c = sound();
  const std::vector<std::pair<int64_t, int64_t>> layers = {
      {-1, 3}, {-2, 2}, {-4, 0}, {0, 0}, {3, 3}};
  for (const auto& [layer, blocks] : layers) {
    c.select_layer = layer;
    EXPECT_EQ(num_tower_blocks(c), blocks) << layer;
    EXPECT_EQ(problem(c), "");
  }
  for (const int64_t layer : {-5, 4}) {
    c.select_layer = layer;
    EXPECT_THAT(problem(c), HasSubstr("select_layer = "));
  }
}

// Far beyond any model, before memory is taken or products overflow.
TEST(Problem, AbsurdSizes) {
  const auto problem_of = [](void (*change)(LlavaConfig&)) {
    auto c = sound();
    change(c);
    return problem(c);
  };
  EXPECT_THAT(problem_of([](auto& c) { c.text.num_layers = INT64_MAX; }),
              HasSubstr("text.num_layers = 9223372036854775807: expected at most"));
  EXPECT_THAT(problem_of([](auto& c) { c.vision.num_layers = 1 << 20; }),
              HasSubstr("vision.num_layers"));
  EXPECT_THAT(problem_of([](auto& c) { c.vision.image_size = int64_t{1} << 32; }),
              HasSubstr("vision.image_size"));
  EXPECT_THAT(problem_of([](auto& c) { c.text.vocab_size = int64_t{1} << 40; }),
              HasSubstr("text.vocab_size"));
}

}  // namespace
}  // namespace plumbline::config
