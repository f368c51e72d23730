#include "plumbline/world/reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "plumbline/text/reward_prompt.h"
#include "plumbline/text/tokenizer.h"
#include "plumbline/world/grounding.h"
#include "plumbline/world/judge.h"
#include "plumbline/world/language.h"
#include "samples.h"

namespace plumbline::world {
namespace {

TEST(Reading, HasTheFormOfTheRewardModelsInput) {
  int text_only = 0, without_facts = 0, inventories = 0, good = 0, judged = 0, taught = 0;
  for (uint64_t i = 0; i < 400; ++i) {
    const RandomKey key = random_key(4, "reading_test").at(i);
    const Scene scene = sample_scene({}, key.at("scene"));
    const auto record = reading_conversation(scene, "r", "000001.png", key);
    const std::string& opening = record.turns[0].text;
    const bool has_image = opening.starts_with("<image>\n");
    EXPECT_EQ(record.images.empty(), !has_image);
    text_only += !has_image;
    const std::string rest = has_image ? opening.substr(8) : opening;
    if (rest.starts_with(kFactsHeader)) {
      EXPECT_EQ(std::count(rest.begin(), rest.end(), '\n'), 6);
    } else {
      EXPECT_TRUE(has_image);
      ++without_facts;
    }
    const bool has_inventory = record.turns[0].text.ends_with(kInventoryQuestion);
    inventories += has_inventory;
    const size_t first = has_inventory ? 2 : 0, num_judged = (record.turns.size() - first) / 4;
    ASSERT_EQ((record.turns.size() - first) % 4, 0U);
    EXPECT_TRUE(num_judged >= 3 && num_judged <= 5) << num_judged;
    for (size_t t = first; t < record.turns.size(); t += 4) {
      EXPECT_TRUE(record.turns[t].is_user);
      EXPECT_FALSE(record.turns[t + 1].is_user);
      EXPECT_EQ(record.turns[t + 2].text, kJudgeTurn);
      EXPECT_TRUE(record.turns[t + 3].is_trained);
      const bool is_good = record.turns[t + 3].text == kVerdictGood;
      EXPECT_TRUE(is_good || record.turns[t + 3].text == kVerdictBad);
      EXPECT_TRUE(is_good || !record.turns[t + 1].is_trained)
          << "a wrong answer must not be learned";
      taught += record.turns[t + 1].is_trained;
      good += is_good;
      ++judged;
    }
  }
  EXPECT_GT(taught, good / 2);
  EXPECT_NEAR(text_only, 200, 40);
  EXPECT_NEAR(without_facts, 50, 25);
  EXPECT_NEAR(inventories, 175, 40);
  EXPECT_NEAR(static_cast<double>(good) / judged, 0.5, 0.1);
}

TEST(Reading, PlausibleAnswersParse) {
  for (const std::string& type : question_types()) {
    for_each_item(type, 200, [&](const BenchmarkItem& item, RandomKey key) {
      const std::string text = plausible_answer(item, key);
      EXPECT_EQ(judge(item, text).num_unparsed, 0) << item.question << " -> " << text;
    });
  }
}

// What the base reads and what the reward model is shown must be the same text to the letter, or
// the skill does not carry over.
TEST(Reading, IsWrittenAsTheRewardModelIsAsked) {
  const auto prompt = text::load_reward_template("configs/world/judge_before.toml");
  const auto tokenizer = text::Tokenizer::load("assets/world-base/tokenizer.json");
  const text::PromptFormat format{.conversation = text::conversation_template("brief"),
                                  .image_token = tokenizer.id(text::kImagePlaceholder),
                                  .image_tokens = 1,
                                  .end_token = tokenizer.id("</s>"),
                                  .begin_token = tokenizer.id("<s>")};
  int with_image = 0;
  for (uint64_t i = 0; i < 100; ++i) {
    const RandomKey key = random_key(6, "reading_test").at(i);
    const auto record = reading_conversation(sample_scene({}, key.at("scene")), "r", "0.png", key);
    const std::string& first = record.turns[0].text;
    if (first.find(kFactsHeader) == std::string::npos || first.ends_with(kInventoryQuestion))
      continue;
    // The reward model gets the question as the policy saw it, and the facts apart.
    const size_t header = first.find(kFactsHeader), last = first.rfind("\n- ");
    const size_t end = first.find('\n', last + 1) + 1;
    std::vector<std::string> facts;
    std::istringstream lines(first.substr(header + std::string(kFactsHeader).size(),
                                          end - header - std::string(kFactsHeader).size()));
    for (std::string line; std::getline(lines, line);) facts.push_back(line.substr(2));
    ASSERT_EQ(facts.size(), static_cast<size_t>(kNumCaptions));
    std::vector<text::Turn> asked(record.turns.begin(), record.turns.begin() + 2);
    asked[0].text = first.substr(0, header) + first.substr(end);
    with_image += !record.images.empty();
    std::vector<text::Turn> read(record.turns.begin(), record.turns.begin() + 3);
    read.push_back({false, kVerdictOpening});
    auto expected = text::encode(tokenizer, format, read).ids;
    expected.pop_back();  // the end token: the base goes on with its verdict
    EXPECT_EQ(text::encode_for_reward(tokenizer, format, prompt, asked, facts).ids, expected);
  }
  EXPECT_GT(with_image, 5);
}

}  // namespace
}  // namespace plumbline::world
