#include "plumbline/data/comparison.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/data/convert_sugarcrepe.h"
#include "plumbline/data/facts.h"
#include "plumbline/data/score_records.h"
#include "plumbline/text/reward_prompt.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Comparisons : public support::Scratch {
 protected:
  std::vector<Comparison> read(const std::string& text, const std::string& images = "") {
    write_file(folder_ / "data.json", text);
    return read_comparisons(path("data.json"), images);
  }
  std::string error(const std::string& text) {
    try {
      read(text);
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  }
  // The same records written in a form and read back.
  std::vector<Comparison> again(const std::vector<Comparison>& records, ComparisonForm form) {
    write_comparisons(path("again.json"), records, form);
    return read_comparisons(path("again.json"), "");
  }
};

constexpr const char* kRelease =
    R"([{"id": "7", "image": "a.jpg", "conversations": [
      {"from": "human", "value": "<image>\nwhat?"}, {"from": "gpt", "value": "a cup"},
      {"from": "human", "value": "how many?"}, {"from": "gpt", "value": ""}],
      "output_1": {"from": "llava", "value": "one"}, "output_2": {"from": "llava", "value": "two"},
      "preference": 2, "hallucination": true, "source": {"page": 3}}])";

TEST_F(Comparisons, ReadTheReleasesForm) {
  const Comparison c = read(kRelease).at(0);
  EXPECT_EQ(c.id, "7");
  EXPECT_THAT(c.images, ElementsAre("a.jpg"));
  ASSERT_EQ(c.turns.size(), 3U) << "the last answer is the outputs' slot";
  EXPECT_EQ(c.turns[2].text, "how many?");
  EXPECT_EQ(c.output_1, "one");
  EXPECT_EQ(c.output_2, "two");
  EXPECT_EQ(c.preference, Choice::Second);
  EXPECT_EQ(c.hallucination, true);
  EXPECT_EQ(c.metadata, (nlohmann::json{{"source", {{"page", 3}}}}));
  EXPECT_TRUE(c.votes.empty());
}

TEST_F(Comparisons, ReadMessages) {
  const auto list = read(R"({"prompt": "what?", "chosen": "a cup", "rejected": "a dog"}
{"id": "x", "prompt": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "what?"}]}], "chosen": [{"role": "assistant", "content": "a cup"}], "rejected": [{"role": "assistant", "content": "a dog"}], "images": ["a.jpg"], "preference": 2, "margin": 0.5}
{"chosen": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}], "rejected": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "no"}]}
)");
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].id, "1");
  EXPECT_EQ(list[0].output_1, "a cup");
  EXPECT_EQ(list[0].preference, Choice::First);
  EXPECT_EQ(list[1].turns[0].text, "<image>\nwhat?");
  EXPECT_EQ(list[1].output_1, "a dog");
  EXPECT_EQ(list[1].output_2, "a cup") << "the chosen one is the second output";
  EXPECT_EQ(list[1].margin, 0.5);
  EXPECT_EQ(list[2].turns.size(), 1U);
  EXPECT_EQ(list[2].output_2, "no");
}

Comparison full_example() {
  return {.id = "q1",
          .images = {"a.jpg", "b.jpg"},
          .turns = {{.text = "<image>\n<image>\nwhat?"},
                    {.is_user = false, .text = "a <cup>"},
                    {.text = "and?"}},
          .output_1 = "a \"dog\"",
          .output_2 = "two\ncats",
          .preference = Choice::Tie,
          .votes = {{.annotator = "ann", .choice = Choice::First, .hallucination_2 = true},
                    {.annotator = "ben", .choice = Choice::Second, .hallucination_1 = false},
                    {.annotator = "cy", .choice = Choice::Tie}},
          .hallucination = false,
          .hallucination_1 = true,
          .hallucination_2 = false,
          .margin = 1.5,
          .facts = {"a cup stands there"},
          .metadata = {{"type", "counting"}, {"n", {1, 2}}}};
}

TEST_F(Comparisons, AreTheSameInBothForms) {
  Comparison second = full_example(), within = full_example(), bare = full_example();
  second.preference = Choice::Second;
  within.turns[0].text = "is <image> like <image>?";
  bare.images.clear();
  bare.turns = {{.text = "what?"}};
  bare.votes.clear();
  bare.facts.clear();
  bare.margin.reset();
  bare.hallucination.reset();
  bare.metadata = nlohmann::json::object();
  const std::vector<Comparison> records = {full_example(), second, within, bare};
  for (const ComparisonForm form : {ComparisonForm::Llava, ComparisonForm::Messages}) {
    EXPECT_EQ(again(records, form), records);
    EXPECT_EQ(again(again(records, form), ComparisonForm::Llava), records);
  }
  Comparison other = full_example();
  other.votes[1].hallucination_1 = true;
  EXPECT_NE(again({other}, ComparisonForm::Messages), (std::vector<Comparison>{full_example()}));
}

TEST_F(Comparisons, ASpelledPlaceholderIsDataInMessagesOnly) {
  const auto records = read(
      R"({"prompt": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "spell <image>"}]}], "chosen": "a", "rejected": "b", "images": ["a.jpg"]})");
  EXPECT_EQ(records[0].turns[0].images_before, 1);
  EXPECT_EQ(again(records, ComparisonForm::Messages), records);
  EXPECT_THROW(again(records, ComparisonForm::Llava), DataError);
}

TEST_F(Comparisons, PairsNeedNoPreferenceYet) {
  Comparison c = full_example();
  c.preference.reset();
  c.votes.clear();
  write_comparisons(path("pairs.json"), {c});
  EXPECT_EQ(read_pairs(path("pairs.json"), ""), (std::vector<Comparison>{c}));
  EXPECT_EQ(pair_from_json(pair_json(c)), c);
  EXPECT_THROW(read_comparisons(path("pairs.json"), ""), DataError);
  EXPECT_THROW(again({c}, ComparisonForm::Messages), DataError);
}

TEST_F(Comparisons, AMemberThatMeansSomethingInTheOtherFormIsNotWritten) {
  Comparison c = full_example();
  c.metadata["output_1"] = 3;
  EXPECT_THROW(again({c}, ComparisonForm::Llava), DataError);
  EXPECT_EQ(again({c}, ComparisonForm::Messages), (std::vector<Comparison>{c}));
}

// One record in LLaVA's form with some members changed.
std::string record(const nlohmann::json& changes) {
  nlohmann::json value{{"id", "1"},
                       {"conversations", {{{"from", "human"}, {"value", "x"}}}},
                       {"output_1", {{"value", "a"}}},
                       {"output_2", {{"value", "b"}}},
                       {"preference", 1}};
  if (!changes.is_null()) value.update(changes);
  return value.dump() + "\n";
}

TEST_F(Comparisons, NameWhatIsWrong) {
  EXPECT_EQ(error(record({})), "");
  EXPECT_THAT(error(record({{"preference", 3}})), HasSubstr(R"("preference" to be 1, 2 or "tie")"));
  EXPECT_THAT(error(record({{"preference", true}})), HasSubstr("preference"));
  EXPECT_THAT(error(record({{"output_2", {{"value", "a"}}}})), HasSubstr("answers that differ"));
  EXPECT_THAT(error(record({{"output_2", {{"value", " "}}}})), HasSubstr("empty answer"));
  EXPECT_THAT(error(record({{"margin", -1}})), HasSubstr("margin"));
  EXPECT_THAT(error(record({{"facts", {"a", ""}}})), HasSubstr("no empty fact"));
  EXPECT_THAT(error(record({{"image", "a.jpg"}})), HasSubstr("placeholder"));
  EXPECT_THAT(error(record({{"votes", {{{"annotator", "a"}, {"choice", 4}}}}})),
              HasSubstr("\"choice\""));
  EXPECT_THAT(
      error(record(
          {{"votes", {{{"annotator", "a"}, {"choice", 1}}, {{"annotator", "a"}, {"choice", 2}}}}})),
      HasSubstr("got two of 'a'"));
  EXPECT_THAT(error(R"({"prompt": "x", "chosen": "a"})"), HasSubstr("rejected"));
  EXPECT_THAT(
      error(
          R"({"chosen": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}], "rejected": [{"role": "user", "content": "ho"}, {"role": "assistant", "content": "no"}]})"),
      HasSubstr("last message alone"));
  EXPECT_THAT(error(record({{"preference", 3}}) + record({{"margin", "x"}})),
              HasSubstr("2 problems"));
}

TEST_F(Comparisons, LookForTheirImages) {
  write_file(folder_ / "a.jpg", "not looked into here");
  EXPECT_EQ(read(kRelease, folder_.string()).size(), 1U);
  fs::remove(folder_ / "a.jpg");
  EXPECT_THROW(read(kRelease, folder_.string()), DataError);
}

TEST_F(Comparisons, VotesDecideWhereNoPreferenceIsWritten) {
  nlohmann::json value = nlohmann::json::parse(record({}));
  value.erase("preference");
  EXPECT_THAT(error(value.dump()), HasSubstr("\"preference\", or \"votes\""));
  value["votes"] = {{{"annotator", "a"}, {"choice", 2}},
                    {{"annotator", "b"}, {"choice", 2}},
                    {{"annotator", "c"}, {"choice", 1}}};
  EXPECT_EQ(read(value.dump()).at(0).preference, Choice::Second);
}

TEST(IsHeldOut, IsDrawnByPicture) {
  const auto key = random_key(1, "test");
  int64_t count = 0;
  for (int i = 0; i < 1000; ++i) {
    const Comparison pair{.id = "a", .images = {std::to_string(i)}};
    const Comparison other{.id = "b", .images = pair.images, .output_1 = "x"};
    EXPECT_EQ(is_held_out(pair, 0.2, key), is_held_out(other, 0.2, key));
    count += is_held_out(pair, 0.2, key);
    EXPECT_FALSE(is_held_out(pair, 0, key));
  }
  EXPECT_NEAR(static_cast<double>(count), 200, 50);  // four standard deviations
}

TEST(Majority, NeedsALead) {
  const auto vote = [](Choice choice) { return Vote{.annotator = "", .choice = choice}; };
  EXPECT_EQ(majority({vote(Choice::First), vote(Choice::Tie)}), Choice::First);
  EXPECT_EQ(majority({vote(Choice::First), vote(Choice::Second)}), Choice::Tie);
  EXPECT_EQ(majority({}), Choice::Tie);
}

TEST(TargetOf, WeighsVotesByTheirAnnotators) {
  Comparison c = full_example();  // ann: first, ben: second, cy: tie
  EXPECT_DOUBLE_EQ(target_of(c, {}).first, 0.5);
  EXPECT_DOUBLE_EQ(target_of(c, {}).weight, 1);
  const Target weighed = target_of(c, {{"ann", 2}, {"ben", 0.5}, {"cy", 0.5}});
  EXPECT_DOUBLE_EQ(weighed.first, (2 * 1 + 0.5 * 0 + 0.5 * 0.5) / 3);
  EXPECT_DOUBLE_EQ(weighed.weight, 1);
  EXPECT_EQ(target_of(c, {{"ann", 0}, {"ben", 0}, {"cy", 0}}).weight, 0);
  c.votes.clear();
  EXPECT_EQ(target_of(c, {}).first, 0.5);
  c.preference = Choice::Second;
  EXPECT_EQ(target_of(c, {{"ann", 0}}).first, 0);
}

// The files of docs/examples are what the documents say.
const std::string kExamples = "docs/examples/";

TEST(DocsExamples, ComparisonsOfBothForms) {
  const auto llava = read_comparisons(kExamples + "comparisons.json", "");
  ASSERT_EQ(llava.size(), 3U);
  EXPECT_EQ(llava[1].preference, Choice::Second);
  EXPECT_EQ(llava[2].preference, Choice::Tie);
  EXPECT_EQ(llava[1].metadata["topic"], "people");
  const auto messages = read_comparisons(kExamples + "comparisons.jsonl", "");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].turns, llava[0].turns);
  EXPECT_EQ(messages[0].output_2, llava[0].output_2);
}

TEST(DocsExamples, FactsOfThreeForms) {
  for (const char* file : {"facts.json", "facts.jsonl", "captions.json"}) {
    const Facts facts = read_facts(kExamples + file);
    EXPECT_EQ(facts_of(facts, "000000000139.jpg").size(), 2U) << file;
    EXPECT_EQ(facts_of(facts, "000000000009.jpg").size(), 1U) << file;
  }
  EXPECT_EQ(
      facts_of(read_facts(kExamples + "facts.json"), "000000000009.jpg", FactKind::Aokvqa).size(),
      2U);
}

TEST(DocsExamples, PairsOfCaptionsAndAnswersToChooseFrom) {
  const auto pairs = convert_sugarcrepe(kExamples + "sugarcrepe", kExamples + "captions.json", {});
  EXPECT_EQ(pairs.comparisons.size() + pairs.held_out.size(), 2U);
  EXPECT_EQ(read_score_records(kExamples + "candidates.jsonl").at(0).answers.size(), 2U);
}

TEST(DocsExamples, ARecipesTextIsATemplate) {
  const auto t = text::load_reward_template(kExamples + "judge_recipe.toml");
  EXPECT_EQ(t.opening, "I give it the score");
  EXPECT_TRUE(t.has_facts_slot());
}

}  // namespace
}  // namespace plumbline::data
