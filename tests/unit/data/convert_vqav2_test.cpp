#include "plumbline/data/convert_vqav2.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kSmall = "Answer the question using a single word or phrase.";

json question(int64_t id, int64_t image, const std::string& text) {
  return {{"image_id", image}, {"question", text}, {"question_id", id}};
}

json annotation(int64_t id, int64_t image, const std::string& type, const std::string& answer) {
  return {{"question_type", "what"},
          {"multiple_choice_answer", answer},
          {"answers", {{{"answer", "x"}, {"answer_confidence", "yes"}, {"answer_id", 1}}}},
          {"image_id", image},
          {"answer_type", type},
          {"question_id", id}};
}

json file_of(const std::string& list, json entries) {
  return {{"info", {{"version", "2.0"}}},
          {"data_type", "mscoco"},
          {"data_subtype", "train2014"},
          {list, std::move(entries)}};
}

class Vqav2 : public support::Scratch {
 protected:
  json questions_ = {question(91, 9, "Is it red? "), question(90, 9, "What is it?"),
                     question(92, 9, "How many?"), question(250, 25, "Is it day?")};
  json annotations_ = {annotation(250, 25, "yes/no", "yes"), annotation(90, 9, "other", "cup"),
                       annotation(91, 9, "yes/no", "no"), annotation(92, 9, "number", "2")};
  VqaOptions options_;

  VqaRecords converted() const {
    write_file(path("q.json"), file_of("questions", questions_).dump());
    write_file(path("a.json"), file_of("annotations", annotations_).dump());
    return convert_vqav2(path("q.json"), path("a.json"), options_);
  }
  std::string error() const {
    return support::error_text<DataError>([&] { converted(); });
  }
};

std::vector<std::string> texts(const Conversation& c) {
  std::vector<std::string> result;
  for (const auto& turn : c.turns) result.push_back(turn.text);
  return result;
}

TEST_F(Vqav2, MakesOneConversationPerImage) {
  const auto records = converted();
  EXPECT_THAT(records.left_out, IsEmpty());
  // Read back as training does.
  write_file(path("COCO_train2014_000000000009.jpg"), "");
  write_file(path("COCO_train2014_000000000025.jpg"), "");
  write_conversations(path("out.json"), records.conversations);
  const auto read = read_conversations(path("out.json"), folder_.string());
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].id, "vqav2-9");
  EXPECT_THAT(texts(read[0]), ElementsAre(std::string("<image>\nWhat is it?\n") + kSmall, "Cup",
                                          "Is it red?", "No", "How many?", "2"));
  EXPECT_THAT(texts(read[1]), ElementsAre(std::string("<image>\nIs it day?\n") + kSmall, "Yes"));
}

TEST_F(Vqav2, MakesPromptsOfYesAndNo) {
  annotations_[1] = annotation(90, 9, "yes/no", "unknown");
  write_prompts(path("out.json"), converted().prompts);
  const auto read = read_prompts(path("out.json"), "");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].id, "vqav2-91");
  EXPECT_EQ(read[0].turns[0].text, "<image>\nIs it red?");
  EXPECT_EQ(read[0].caption_type, CaptionType::No);
  EXPECT_EQ(read[1].id, "vqav2-250");
  EXPECT_EQ(read[1].caption_type, CaptionType::Yes);
}

TEST_F(Vqav2, Options) {
  options_.images = {CocoYear::Y2017, "train2017"};
  options_.instruction = "Short.";
  options_.instruction_place = InstructionPlace::EveryRound;
  options_.max_rounds = 2;
  const auto records = converted();
  ASSERT_EQ(records.conversations.size(), 3U);
  EXPECT_EQ(records.conversations[1].id, "vqav2-9-2");
  EXPECT_THAT(texts(records.conversations[0]),
              ElementsAre("<image>\nWhat is it?\nShort.", "Cup", "Is it red?\nShort.", "No"));
  EXPECT_THAT(texts(records.conversations[1]), ElementsAre("<image>\nHow many?\nShort.", "2"));
  write_file(path("any.json"), "");
  fs::create_directories(folder_ / "train2017");
  write_file(path("train2017/000000000009.jpg"), "");
  write_file(path("train2017/000000000025.jpg"), "");
  write_conversations(path("out.json"), records.conversations);
  EXPECT_NO_THROW(read_conversations(path("out.json"), folder_.string()));

  options_ = {};
  options_.instruction = "";
  EXPECT_EQ(texts(converted().conversations[1])[0], "<image>\nIs it day?");
  options_.max_rounds = -1;
  EXPECT_THROW(converted(), ConfigError);
}

TEST_F(Vqav2, DrawsDoNotDependOnTheFilesOrder) {
  questions_ = json::array();
  annotations_ = json::array();
  for (int64_t i = 0; i < 30; ++i) {
    questions_.push_back(question(i, i / 2, "Is it?"));
    annotations_.push_back(annotation(i, i / 2, "yes/no", i % 3 == 0 ? "yes" : "no"));
  }
  options_.max_conversations = 5;
  options_.max_prompts = 7;
  const auto ids = [](const VqaRecords& records) {
    std::vector<std::string> result;
    for (const auto& c : records.conversations) result.push_back(c.id);
    for (const auto& p : records.prompts) result.push_back(p.id);
    return result;
  };
  const auto first = ids(converted());
  EXPECT_EQ(first.size(), 12U);
  std::reverse(questions_.begin(), questions_.end());
  std::swap(annotations_[3], annotations_[20]);
  EXPECT_EQ(ids(converted()), first);
  options_.seed = 1;
  EXPECT_NE(ids(converted()), first);
}

TEST_F(Vqav2, RefusesWhatHasNoPartnerUnlessAllowed) {
  questions_.push_back(question(300, 30, "Alone?"));
  questions_.push_back(question(301, 30, "Blank?"));
  annotations_.push_back(annotation(301, 30, "other", " "));
  annotations_.push_back(annotation(400, 40, "other", "x"));
  annotations_.push_back(annotation(401, 40, "other", "x"));
  const auto text = error();
  EXPECT_THAT(text, HasSubstr("[data] converting VQA-v2"));
  EXPECT_THAT(text, HasSubstr("3 problems"));
  EXPECT_THAT(text, HasSubstr("questions without an annotation: expected none, got 1, such as "
                              "question 300"));
  EXPECT_THAT(text, HasSubstr("questions without an answer: expected none, got 1"));
  EXPECT_THAT(text, HasSubstr("annotations without a question: expected none, got 2, such as that "
                              "of question 400"));
  options_.tolerance.skip_unmatched = true;
  const auto records = converted();
  EXPECT_EQ(records.conversations.size(), 2U);
  EXPECT_THAT(records.left_out, ElementsAre(Pair("annotations without a question", 2),
                                            Pair("questions without an annotation", 1),
                                            Pair("questions without an answer", 1)));
}

TEST_F(Vqav2, RefusesImagesThatAreNotThereUnlessAllowed) {
  write_file(path("COCO_train2014_000000000025.jpg"), "");
  options_.tolerance.image_folder = folder_.string();
  EXPECT_THAT(error(), HasSubstr("images that are not there: expected none, got 1"));
  options_.tolerance.skip_missing_images = true;
  const auto records = converted();
  ASSERT_EQ(records.conversations.size(), 1U);
  EXPECT_EQ(records.conversations[0].id, "vqav2-25");
  EXPECT_EQ(records.prompts.size(), 1U);
}

TEST_F(Vqav2, ReportsAllProblemsTogether) {
  questions_.push_back(question(90, 9, "Again?"));
  questions_.push_back({{"image_id", "9"}, {"question", "x"}, {"question_id", 5}});
  questions_.push_back(question(6, 9, " "));
  annotations_[0] = annotation(250, 26, "yes/no", "yes");
  annotations_.push_back(annotation(90, 9, "other", "x"));
  annotations_.push_back({{"question_id", 7}});
  const auto text = error();
  EXPECT_THAT(text, HasSubstr("6 problems"));
  EXPECT_THAT(text, HasSubstr("q.json, question 5: expected unique question ids, got 90 again"));
  EXPECT_THAT(text, HasSubstr("q.json, question 6: expected \"image_id\" to be a whole number"));
  EXPECT_THAT(text, HasSubstr("q.json, question 7: expected text in \"question\", got none"));
  EXPECT_THAT(text, HasSubstr("a.json, annotation 5: expected one annotation per question"));
  EXPECT_THAT(text, HasSubstr("a.json, annotation 6: expected"));
  EXPECT_THAT(text, HasSubstr("question 250: expected an annotation of image 25, got one of "
                              "image 26"));
}

TEST_F(Vqav2, RefusesWrongFiles) {
  converted();
  EXPECT_THAT(support::error_text<DataError>(
                  [&] { convert_vqav2(path("a.json"), path("q.json"), options_); }),
              HasSubstr("reading VQA-v2 questions: expected an object whose \"questions\" have "
                        "\"question_id\", got VQA-v2 annotations"));
  json other = file_of("annotations", annotations_);
  other["data_subtype"] = "val2014";
  write_file(path("v.json"), other.dump());
  EXPECT_THAT(support::error_text<DataError>(
                  [&] { convert_vqav2(path("q.json"), path("v.json"), options_); }),
              HasSubstr("\"train2014\" as the questions have it, got \"val2014\""));
}

}  // namespace
}  // namespace plumbline::data
