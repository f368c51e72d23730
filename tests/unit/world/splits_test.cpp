#include "plumbline/world/splits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/config/config.h"
#include "plumbline/data/facts.h"
#include "plumbline/data/records.h"
#include "plumbline/image/decode.h"
#include "plumbline/world/benchmark.h"
#include "plumbline/world/cells.h"
#include "plumbline/world/judge.h"
#include "plumbline/world/language.h"
#include "plumbline/world/questions.h"
#include "plumbline/world/scene_sampler.h"
#include "tests/support/scratch.h"

namespace plumbline::world {
namespace {

class Splits : public support::Scratch {
 protected:
  fs::path write(const std::string& split, int64_t num_images, int64_t seed = 1,
                 double unsupported = 0.35) {
    const fs::path out = folder_ / split;
    write_split(
        {.split = split, .num_images = num_images, .seed = seed, .unsupported_share = unsupported},
        out);
    return out;
  }
};

// The world of the tests is the demo's.
TEST(SplitOptions, HaveTheConfigsDefaults) {
  const config::WorldConfig config;
  const SplitOptions split;
  const SceneOptions scene;
  EXPECT_EQ(split.num_images, config.num_images);
  EXPECT_EQ(split.faint_share, config.faint_share);
  EXPECT_EQ(split.pixel_noise, config.pixel_noise);
  EXPECT_EQ(split.typical_share, config.typical_share);
  EXPECT_EQ(split.unsupported_share, config.unsupported_share);
  EXPECT_EQ(scene.faint_share, config.faint_share);
  EXPECT_EQ(scene.typical_share, config.typical_share);
}

TEST_F(Splits, SftReadsBackThroughTheRecordReader) {
  const fs::path out = write("sft", 60);
  const auto records =
      data::read_conversations((out / "conversations.json").string(), (out / "images").string());
  EXPECT_GE(records.size(), 60u);
  EXPECT_LE(records.size(), 180u);
  int descriptions = 0;
  for (const auto& record : records)
    descriptions += record.turns[1].text.starts_with("this is") && record.turns[1].text.size() > 30;
  EXPECT_NEAR(descriptions / static_cast<double>(records.size()), 0.4, 0.15);
  const auto facts = data::read_facts((out / "facts.json").string());
  EXPECT_EQ(facts.size(), 60u);
  EXPECT_EQ(facts.at("000059.png").size(), 5u);
  EXPECT_EQ(image::decode(out / "images" / "000059.png").width, kPictureSize);
}

TEST_F(Splits, PromptsAndTheirTruthShareIds) {
  for (const char* split : {"comparisons", "ppo"}) {
    const fs::path out = write(split, 80);
    const auto prompts =
        data::read_prompts((out / "prompts.json").string(), (out / "images").string());
    const auto items = read_benchmark((out / "benchmark.jsonl").string());
    ASSERT_EQ(prompts.size(), 80u);
    ASSERT_EQ(items.size(), 80u);
    int descriptions = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      EXPECT_EQ(prompts[i].id, items[i].id);
      EXPECT_EQ(prompts[i].image, items[i].image);
      EXPECT_EQ(prompts[i].turns[0].text, "<image>\n" + items[i].question);
      EXPECT_EQ(prompts[i].caption_type, caption_type(items[i]));
      descriptions += items[i].type == "description";
    }
    EXPECT_NEAR(descriptions, 36, 15);
  }
}

TEST_F(Splits, BenchmarkBalancesTypesAndShowsHeldOutPairs) {
  const fs::path out = write("benchmark", 40);
  std::map<std::string, int> types, samplings;
  for (const auto& item : read_benchmark((out / "benchmark.jsonl").string())) {
    ++types[item.type];
    if (item.type == "yes_no") ++samplings[item.sampling];
    bool is_new = false;
    for (const Kind& kind : item.scene.kinds) is_new |= kind.color == held_out_color(kind.category);
    EXPECT_TRUE(is_new);
    EXPECT_GE(judge(item, item.reference).score, 5);
  }
  EXPECT_EQ(types.size(), question_types().size());
  for (const auto& [type, count] : types)
    EXPECT_NEAR(count, type == "yes_no" ? 120 : 20, 2) << type;
  for (const auto& [sampling, count] : samplings) EXPECT_EQ(count, 40) << sampling;
}

TEST_F(Splits, BaseHoldsQuestionsReadingGroundingAndCells) {
  const fs::path out = write("base", 60);
  const auto records =
      data::read_conversations((out / "conversations.json").string(), (out / "images").string());
  std::map<char, int> kinds;  // "base-000003-1": the kind's number last
  int without_image = 0;
  for (const auto& record : records) {
    ++kinds[record.id.back()];
    without_image += record.images.empty();
  }
  EXPECT_EQ(kinds['0'], 60);        // questions
  EXPECT_NEAR(kinds['1'], 48, 10);  // reading
  EXPECT_NEAR(kinds['2'], 15, 12);  // grid
  EXPECT_NEAR(kinds['3'], 30, 15);  // inventory
  EXPECT_NEAR(kinds['4'], 36, 12);  // description
  EXPECT_NEAR(kinds['5'], 21, 12);  // places
  EXPECT_NEAR(kinds['6'], 20, 12);  // relations
  EXPECT_NEAR(without_image / static_cast<double>(kinds['1']), 0.5, 0.25);
  const auto cells = read_cells((out / "scenes.jsonl").string());
  ASSERT_EQ(cells.size(), 60u);
  EXPECT_EQ(cells[3].image, "000003.png");
}

// What an earlier round told would be no question about the picture any more.
TEST_F(Splits, BaseAsksOnceAboutAThing) {
  const fs::path out = write("base", 60);
  const auto records =
      data::read_conversations((out / "conversations.json").string(), (out / "images").string());
  for (const auto& record : records) {
    if (!record.id.ends_with("-0")) continue;
    std::set<std::string> answered;
    for (const auto& turn : record.turns) {
      if (turn.is_user || turn.text.size() < 6) continue;  // "yes." and "B." name nothing
      for (const std::string& noun : categories()) {
        if (turn.text.find(" " + noun) == std::string::npos) continue;
        EXPECT_TRUE(answered.insert(noun).second) << record.id << ": " << turn.text;
      }
    }
  }
}

TEST_F(Splits, SeedsAndSplitsGiveOtherScenesAndEqualSeedsTheSameBytes) {
  const std::string first = read_file(write("ppo", 5, 1) / "benchmark.jsonl");
  const std::string picture = read_file(folder_ / "ppo" / "images" / "000002.png");
  EXPECT_EQ(read_file(write("ppo", 5, 1) / "benchmark.jsonl"), first);
  EXPECT_EQ(read_file(folder_ / "ppo" / "images" / "000002.png"), picture);
  EXPECT_NE(read_file(write("ppo", 5, 2) / "benchmark.jsonl"), first);
  EXPECT_NE(read_file(write("comparisons", 5, 1) / "images" / "000002.png"), picture);
}

// A shorter run of the same split is the beginning of a longer one.
TEST_F(Splits, ScenesDoNotDependOnTheNumberOfImages) {
  const std::string five = read_file(write("sft", 5) / "facts.json");
  const auto few = data::read_facts((folder_ / "sft" / "facts.json").string());
  const auto more = data::read_facts((write("sft", 9) / "facts.json").string());
  for (const auto& [image, captions] : few) EXPECT_EQ(more.at(image), captions);
}

TEST_F(Splits, WrongOptionsAreNamed) {
  try {
    write_split({.split = "test"}, folder_ / "x");
    FAIL() << "no exception";
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(),
                testing::AllOf(testing::HasSubstr("'test'"), testing::HasSubstr("benchmark")));
  }
  EXPECT_THROW(write_split({.split = "sft", .faint_share = 1.5}, folder_ / "x"), ConfigError);
  EXPECT_THROW(write_split({.split = "sft", .num_images = 0}, folder_ / "x"), ConfigError);
  EXPECT_FALSE(fs::exists(folder_ / "x"));
}

}  // namespace
}  // namespace plumbline::world
