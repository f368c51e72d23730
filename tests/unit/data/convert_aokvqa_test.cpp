#include "plumbline/data/convert_aokvqa.h"

#include <gmock/gmock.h>

#include <set>

#include "plumbline/base/error.h"
#include "plumbline/data/correctness.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

json entry(const std::string& id, int64_t image) {
  return {{"split", "train"},
          {"image_id", image},
          {"question_id", id},
          {"question", "What is it?"},
          {"choices", {"cup", "train", "delivery", "cab"}},
          {"correct_choice_idx", 3},
          {"direct_answers", {"cab", "taxi"}},
          {"difficult_direct_answer", false},
          {"rationales", {"One.", "Two.", "Three."}}};
}

class Aokvqa : public support::Scratch {
 protected:
  json entries_ = {entry("bQ", 299207), entry("aQ", 12)};
  AokvqaOptions options_;

  AokvqaRecords converted() const {
    write_file(path("in.json"), entries_.dump());
    return convert_aokvqa(path("in.json"), options_);
  }
  std::string error() const {
    return support::error_text<DataError>([&] { converted(); });
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The letter that a question gives to the option "cab".
std::string cab_letter(const std::string& question) {
  for (const auto& line : lines_of(question)) {
    if (line.ends_with(". cab")) return line.substr(0, 1);
  }
  return "";
}

TEST_F(Aokvqa, AsksMultipleChoiceAndAnswersWithLetterAndRationale) {
  write_file(path("000000000012.jpg"), "");
  write_file(path("000000299207.jpg"), "");
  write_conversations(path("out.json"), converted().conversations);
  const auto read = read_conversations(path("out.json"), folder_.string());
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].id, "aokvqa-aQ");
  EXPECT_EQ(read[1].id, "aokvqa-bQ");
  const auto lines = lines_of(read[1].turns[0].text);
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[0], "<image>");
  EXPECT_EQ(lines[1], "What is it?");
  EXPECT_EQ(lines[6], "Answer with the letter of the right option, then explain why.");
  std::set<std::string> options;
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(lines[2 + i].substr(0, 3), std::string(1, "ABCD"[i]) + ". ");
    options.insert(lines[2 + i].substr(3));
  }
  EXPECT_EQ(options, (std::set<std::string>{"cab", "cup", "delivery", "train"}));
  const auto answer = lines_of(read[1].turns[1].text);
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(answer[0], cab_letter(read[1].turns[0].text) + ". cab");
  EXPECT_THAT(answer[1], testing::AnyOf("One.", "Two.", "Three."));
}

TEST_F(Aokvqa, PromptsAndFactsHaveTheSameLetters) {
  for (int64_t seed = 0; seed < 20; ++seed) {
    options_.seed = seed;
    const auto records = converted();
    write_prompts(path("out.json"), records.prompts);
    const auto prompts = read_prompts(path("out.json"), "");
    ASSERT_EQ(prompts.size(), 2U);
    EXPECT_EQ(prompts[1].image, "000000299207.jpg");
    const auto& turns = records.conversations[1].turns;
    EXPECT_EQ(prompts[1].turns[0].text, turns[0].text);
    EXPECT_EQ(correctness(prompts[1].caption_type, turns[1].text, false), 1);
    write_facts(path("facts.json"), records.facts);
    EXPECT_THAT(read_facts(path("facts.json")).at("aok_000000299207.jpg"),
                ElementsAre("One.", "Two.", "Three.",
                            "The correct option is " + cab_letter(turns[0].text) + ". cab."));
  }
}

TEST_F(Aokvqa, FactsOfSeveralQuestionsSayWhichOneTheyAreAbout) {
  entries_ = {entry("b", 12), entry("a", 12)};
  entries_[0]["question"] = "Where?";
  entries_[0]["rationales"] = {"Four."};
  options_.facts_prefix = "";
  options_.image_folder_prefix = "train2017";
  const auto records = converted();
  EXPECT_EQ(records.prompts[0].image, "train2017/000000000012.jpg");
  ASSERT_EQ(records.facts.size(), 1U);
  EXPECT_THAT(facts_of(records.facts, records.prompts[0].image),
              ElementsAre("One.", "Two.", "Three.",
                          testing::StartsWith("Asked \"What is it?\", the correct option is "),
                          "Four.", testing::StartsWith("Asked \"Where?\", the correct")));
}

TEST_F(Aokvqa, DrawsDependOnSeedAndQuestionAlone) {
  entries_ = json::array();
  for (int i = 0; i < 40; ++i) entries_.push_back(entry("q" + std::to_string(i), i));
  const auto texts = [](const AokvqaRecords& records) {
    std::map<std::string, std::string> result;
    for (const auto& c : records.conversations) {
      result[c.id] = c.turns[0].text + "\n" + c.turns[1].text;
    }
    return result;
  };
  const auto all = texts(converted());
  std::reverse(entries_.begin(), entries_.end());
  EXPECT_EQ(texts(converted()), all);
  // Every letter and rationale is drawn, and another seed draws others.
  std::set<std::string> ends;
  for (const auto& [id, text] : all) {
    const auto lines = lines_of(text);
    ends.insert(lines[7]);
    ends.insert(lines[8]);
  }
  EXPECT_EQ(ends.size(), 7U);
  options_.seed = 1;
  EXPECT_NE(texts(converted()), all);
  options_.seed = 0;
  entries_.erase(7);
  for (const auto& [id, text] : texts(converted())) EXPECT_EQ(text, all.at(id));
}

TEST_F(Aokvqa, LimitedConversationsAndPromptsShareNoQuestion) {
  entries_ = json::array();
  for (int i = 0; i < 17; ++i) entries_.push_back(entry("q" + std::to_string(i), i));
  options_.max_conversations = 5;
  options_.max_prompts = 12;
  const auto records = converted();
  std::set<std::string> ids;
  for (const auto& c : records.conversations) ids.insert(c.id);
  EXPECT_EQ(ids.size(), 5U);
  for (const auto& p : records.prompts) ids.insert(p.id);
  EXPECT_EQ(ids.size(), 17U);
  EXPECT_EQ(records.facts.size(), 17U);
  options_.max_prompts = -1;
  EXPECT_THROW(converted(), ConfigError);
}

TEST_F(Aokvqa, ReportsAllProblemsTogether) {
  entries_.push_back(entry("aQ", 3));
  entries_.push_back(entry("c", 3));
  entries_[3]["choices"] = {"a", "b"};
  entries_.push_back(entry("d", 3));
  entries_[4]["correct_choice_idx"] = 4;
  entries_.push_back(entry("e", 3));
  entries_[5].erase("correct_choice_idx");
  entries_.push_back(entry("f", 3));
  entries_[6]["rationales"] = {"", 7};
  entries_.push_back(entry("g", 3));
  entries_[7]["choices"][2] = " ";
  entries_.push_back(entry("h", 3));
  entries_[8]["rationales"] = {"", " "};
  entries_.push_back(entry("i", 3));
  entries_[9].erase("rationales");
  const auto text = error();
  EXPECT_THAT(text, HasSubstr("[data] converting A-OKVQA"));
  EXPECT_THAT(text, HasSubstr("8 problems"));
  EXPECT_THAT(text, HasSubstr("in.json, question 3: expected unique question ids, got 'aQ' again"));
  EXPECT_THAT(text, HasSubstr("question 4: expected 4 choices, got 2"));
  EXPECT_THAT(text, HasSubstr("question 5: expected \"correct_choice_idx\" in 0..3, got 4"));
  EXPECT_THAT(text, HasSubstr("question 6: expected \"correct_choice_idx\", got none; the test's"));
  EXPECT_THAT(text, HasSubstr("question 7: expected texts in \"rationales\", got a number"));
  EXPECT_THAT(text, HasSubstr("question 8: expected text in every choice, got an empty one"));
  EXPECT_THAT(text, HasSubstr("questions without a rationale: expected none, got 1, such as h"));
  EXPECT_THAT(text, HasSubstr("question 10: expected \"rationales\" to be a list of texts"));
}

TEST_F(Aokvqa, LeavesOutWhatMayBeLeftOut) {
  entries_[0]["rationales"] = json::array();
  entries_.push_back(entry("c", 99));
  write_file(path("000000000012.jpg"), "");
  options_.tolerance = {
      .image_folder = folder_.string(), .skip_missing_images = true, .skip_unmatched = true};
  const auto records = converted();
  ASSERT_EQ(records.prompts.size(), 1U);
  EXPECT_EQ(records.prompts[0].id, "aokvqa-aQ");
  EXPECT_EQ(records.facts.size(), 1U);
  EXPECT_THAT(records.left_out, ElementsAre(Pair("images that are not there", 1),
                                            Pair("questions without a rationale", 1)));
}

TEST_F(Aokvqa, RefusesOtherFiles) {
  entries_ = {{"annotations", {{{"caption", "x"}, {"image_id", 1}}}}};
  EXPECT_THAT(error(), HasSubstr("reading A-OKVQA questions with answers: expected a list whose "
                                 "entries have \"choices\", got COCO captions"));
}

}  // namespace
}  // namespace plumbline::data
