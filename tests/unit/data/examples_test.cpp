#include "plumbline/data/examples.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/unit/text/tiny_tokenizer.h"

namespace plumbline::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using text::EncodedConversation;

constexpr int64_t kImage = 9;

// Rows 0..11 with an image of three at 2, and answers at [6, 8) and [10, 12).
EncodedConversation twelve() {
  return {.ids = {0, 1, kImage, kImage, kImage, 5, 6, 7, 8, 3, 4, 2},
          .answers = {{6, 8}, {10, 12}},
          .num_images = 1};
}

EncodedConversation cut_at(int64_t most) {
  auto encoded = twelve();
  truncate(encoded, most, kImage, 3);
  return encoded;
}

TEST(Truncate, KeepsSpansWithinWhatIsLeft) {
  EXPECT_EQ(cut_at(12).ids, twelve().ids);
  EXPECT_EQ(cut_at(100).answers, twelve().answers);
  EXPECT_THAT(cut_at(11).answers, ElementsAre(Pair(6, 8), Pair(10, 11)));
  EXPECT_THAT(cut_at(10).answers, ElementsAre(Pair(6, 8)));
  EXPECT_THAT(cut_at(7).answers, ElementsAre(Pair(6, 7)));
  EXPECT_THAT(cut_at(6).answers, ElementsAre());
  EXPECT_EQ(cut_at(7).ids.size(), 7U);
  EXPECT_EQ(cut_at(7).num_images, 1);
}

TEST(Truncate, LeavesNoPartOfAnImage) {
  for (const int64_t most : {3, 4}) {
    EXPECT_THAT(cut_at(most).ids, ElementsAre(0, 1)) << most;
    EXPECT_EQ(cut_at(most).num_images, 0) << most;
  }
  EXPECT_THAT(cut_at(5).ids, ElementsAre(0, 1, kImage, kImage, kImage));
  EXPECT_EQ(cut_at(5).num_images, 1);
}

TEST(Truncate, CountsWhatIsLearnt) {
  EXPECT_EQ(num_answer_tokens(twelve()), 4);
  EXPECT_EQ(num_answer_tokens(cut_at(11)), 3);
  EXPECT_EQ(num_answer_tokens(cut_at(3)), 0);
}

// One token per byte; 256 ends.
class ExampleTest : public testing::Test {
 protected:
  static Conversation talk(std::string id, std::vector<std::string> texts) {
    Conversation record;
    record.id = std::move(id);
    for (size_t i = 0; i < texts.size(); ++i) {
      record.turns.push_back({.is_user = i % 2 == 0, .text = texts[i]});
    }
    return record;
  }
  Examples examples(std::vector<Conversation> records, ExampleOptions options,
                    BadRecords bad = BadRecords::Refuse) const {
    TrainingSet set;
    set.records = std::move(records);
    const auto half = std::ssize(set.records) / 2;
    set.sources = {{.name = "a", .first = 0, .count = half},
                   {.name = "b", .first = half, .count = std::ssize(set.records) - half}};
    return {tokenizer_, format_, std::move(set), options, bad, "file.json"};
  }
  EncodedConversation encoded(const Conversation& record, config::Labels labels) const {
    return encode_record(tokenizer_, format_, record, labels);
  }
  // The text that is learnt, span by span; the end as "$".
  std::vector<std::string> learnt(const EncodedConversation& e) const {
    std::vector<std::string> spans;
    for (const auto& [begin, end] : e.answers) {
      std::string& text = spans.emplace_back();
      for (int64_t t = begin; t < end; ++t) {
        const int64_t id = e.ids[static_cast<size_t>(t)];
        text += id == format_.end_token ? "$" : tokenizer_.decode({id});
      }
    }
    return spans;
  }

  text::Tokenizer tokenizer_ = text::tokenizer_from(text::train_bpe({}, 257, {"</s>"}));
  text::PromptFormat format_{
      .conversation = {.name = "bare", .user = "U:", .assistant = " A:", .lead = " "},
      .end_token = tokenizer_.id("</s>")};
};

TEST_F(ExampleTest, LabelsAreOfAllAnswersTheLastOrEverything) {
  const auto record = talk("1", {"hi", "yes", "and", "no"});
  EXPECT_THAT(learnt(encoded(record, config::Labels::Answers)), ElementsAre(" yes$", " no$"));
  EXPECT_THAT(learnt(encoded(record, config::Labels::LastAnswer)), ElementsAre(" no$"));
  EXPECT_THAT(learnt(encoded(record, config::Labels::Everything)),
              ElementsAre(":hi A: yes$U:and A: no$"));
  Conversation text;
  text.id = "2";
  text.text = "words";
  EXPECT_THAT(learnt(encoded(text, config::Labels::Answers)), ElementsAre("ords$"));
}

TEST_F(ExampleTest, TooLongOnesAreRefusedLeftOutOrCut) {
  const std::vector<Conversation> records = {
      talk("short", {"a", "b"}), talk("long", {"a", "bcdefgh"}),
      talk("asks long", {"abcdefghijkl", "b"}), talk("fits", {"q", "r"})};
  ExampleOptions options{.max_tokens = 12};
  try {
    examples(records, options);
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("2 problems"));
    EXPECT_THAT(e.what(), HasSubstr("got 15 (sft.too_long"));
  }
  options.too_long = config::TooLong::Skip;
  const auto skipped = examples(records, options);
  EXPECT_EQ(skipped.size(), 2);
  EXPECT_EQ(skipped.id(1), "fits");
  EXPECT_EQ(skipped.sources()[0].count, 1);
  EXPECT_EQ(skipped.sources()[1].first, 1);
  EXPECT_EQ(skipped.notes(), "2 too long and left out");
  options.too_long = config::TooLong::Truncate;
  const auto cut = examples(records, options);
  EXPECT_EQ(cut.size(), 3);
  EXPECT_THAT(cut.lengths(), ElementsAre(9, 12, 9));
  EXPECT_EQ(cut.notes(), "1 truncated, 1 too long and left out");
  EXPECT_THAT(learnt(cut.at(1).encoded), ElementsAre(" bcdef")) << "no end is learnt";
  EXPECT_EQ(cut.answer_tokens(1), 6);
}

TEST_F(ExampleTest, OnesWithoutAnythingToLearnAreRefusedUnlessSkipped) {
  auto mute = talk("mute", {"a", "b"});
  mute.turns[1].is_trained = false;
  const std::vector<Conversation> records = {mute, talk("fine", {"a", "b"})};
  const ExampleOptions options{.max_tokens = 100};
  EXPECT_THROW(examples(records, options), DataError);
  EXPECT_EQ(examples(records, options, BadRecords::Skip).size(), 1);
  EXPECT_THROW(examples({mute, mute}, options, BadRecords::Skip), DataError) << "nothing is left";
}

TEST_F(ExampleTest, RemovingImagesTakesTheirExamples) {
  const auto tokenizer = text::tiny_tokenizer();
  const auto with = [&](const std::string& id, const std::string& image) {
    auto record = talk(id, {"<image>\na", "b"});
    record.images = {image};
    return record;
  };
  TrainingSet set;
  set.records = {with("1", "x"), with("2", "y"), with("3", "x"), with("4", "z")};
  set.sources = {{.name = "a", .first = 0, .count = 2}, {.name = "b", .first = 2, .count = 2}};
  Examples all(tokenizer, text::tiny_format(), set, {.max_tokens = 100}, BadRecords::Refuse, "f");
  ASSERT_EQ(all.size(), 4);
  all.remove_images([](const std::string& name) { return name == "x"; });
  ASSERT_EQ(all.size(), 2);
  EXPECT_EQ(all.id(0), "2");
  EXPECT_EQ(all.id(1), "4");
  EXPECT_THAT(all.images(), ElementsAre("y", "z"));
  EXPECT_EQ(all.sources()[0].count, 1);
  EXPECT_EQ(all.sources()[1].first, 1);
  EXPECT_EQ(all.lengths().size(), 2U);
}

}  // namespace
}  // namespace plumbline::data
