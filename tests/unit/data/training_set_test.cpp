#include "plumbline/data/training_set.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TrainingSetTest : public support::Scratch {
 protected:
  void SetUp() override {
    make_folders(path("images"));
    write_file(path("images/x.png"), "");
    write_file(path("good.json"), kGood);
    write_file(path("bad.jsonl"), kBad);
  }
  TrainingSet read(const std::string& name, BadRecords bad = BadRecords::Refuse) {
    return read_training_set(path(name), path("images"), bad);
  }
  std::string refusal(const std::string& name, BadRecords bad = BadRecords::Refuse) {
    return support::error_text<DataError>([&] { read(name, bad); });
  }

  static constexpr const char* kGood =
      R"([{"id": "1", "image": "x.png", "conversations": [{"from": "human", "value": "<image>\na?"}, {"from": "gpt", "value": "b"}]},
          {"id": "2", "conversations": [{"from": "human", "value": "c"}, {"from": "gpt", "value": "d"}]}])";
  static constexpr const char* kBad =
      "{\"text\": \"e\"}\n{\"text\": 3}\n{\"prompt\": \"a\", \"completion\": \"b\", \"images\": "
      "[\"gone.png\"]}\n{\"text\": \"f\"}\n";
};

TEST_F(TrainingSetTest, ReadsOneFile) {
  const auto set = read("good.json");
  ASSERT_EQ(set.records.size(), 2U);
  EXPECT_THAT(set.records[0].images, ElementsAre(path("images/x.png")));
  ASSERT_EQ(set.sources.size(), 1U);
  EXPECT_EQ(set.sources[0].first, 0);
  EXPECT_EQ(set.sources[0].count, 2);
  EXPECT_EQ(set.sources[0].weight, 1);
  EXPECT_EQ(set.num_skipped, 0);
}

TEST_F(TrainingSetTest, SkipsBadRecordsAndCountsThem) {
  testing::internal::CaptureStderr();
  const auto set = read("bad.jsonl", BadRecords::Skip);
  const std::string warning = testing::internal::GetCapturedStderr();
  ASSERT_EQ(set.records.size(), 2U);
  EXPECT_EQ(set.records[0].text, "e");
  EXPECT_EQ(set.records[1].text, "f");
  EXPECT_EQ(set.sources[0].count, 2);
  EXPECT_EQ(set.num_skipped, 2);
  EXPECT_THAT(warning, HasSubstr("left out 2 of 4 records"));
  EXPECT_THAT(warning, HasSubstr("bad.jsonl:2: expected \"text\" to be text"));
  EXPECT_THAT(warning, HasSubstr("gone.png"));
}

TEST_F(TrainingSetTest, CaptionsMayAnswerAQuestion) {
  make_folders(folder_ / "photos");
  write_file(path("photos/x.png"), "");
  write_file(path("photos/x.txt"), "a cup");
  write_file(path("mix.toml"), "[[source]]\nfile = \"photos\"\nquestion = \"What is it?\"\n");
  const auto set = read("mix.toml");
  ASSERT_EQ(set.records.size(), 1U);
  EXPECT_EQ(set.records[0].turns[0].text, "<image>\nWhat is it?");
  EXPECT_EQ(set.records[0].turns[1].text, "a cup");
  EXPECT_EQ(read("photos").records[0].turns[0].text, "<image>");
}

TEST_F(TrainingSetTest, TakesRecordsWhoseIdsAreTheSame) {
  write_file(path("twice.jsonl"),
             "{\"id\": \"1\", \"text\": \"a\"}\n{\"id\": \"1\", \"text\": \"b\"}\n");
  EXPECT_EQ(read("twice.jsonl").records.size(), 2U);
}

TEST_F(TrainingSetTest, RefusesWithTheProblemsOfAllSources) {
  write_file(path("broken.jsonl"), "{\n{\"text\": \"a\"}");
  write_file(path("mix.toml"),
             "[[source]]\nfile = \"bad.jsonl\"\n[[source]]\nfile = \"broken.jsonl\"\n"
             "[[source]]\nfile = \"good.json\"\n[[source]]\nfile = \"absent.json\"\n");
  const std::string text = refusal("mix.toml");
  EXPECT_THAT(text, HasSubstr("4 problems"));
  EXPECT_THAT(text, HasSubstr("bad.jsonl:2: expected"));
  EXPECT_THAT(text, HasSubstr("bad.jsonl:3: expected the image file"));
  EXPECT_THAT(text, HasSubstr("broken.jsonl:1"));
  EXPECT_THAT(text, HasSubstr("absent.json"));
  EXPECT_THAT(text, Not(HasSubstr("good.json")));
}

TEST_F(TrainingSetTest, ListsTenProblemsOverAllSources) {
  write_file(path("a.jsonl"), "{}\n{}\n{}\n{}\n{}\n{}\n");
  write_file(path("b.jsonl"), "{}\n{}\n{}\n{}\n{}\n{}\n");
  write_file(path("mix.toml"), "[[source]]\nfile = \"a.jsonl\"\n[[source]]\nfile = \"b.jsonl\"\n");
  const std::string text = refusal("mix.toml");
  EXPECT_THAT(text, HasSubstr("12 problems"));
  EXPECT_THAT(text, HasSubstr("b.jsonl:4: "));
  EXPECT_THAT(text, Not(HasSubstr("b.jsonl:5: ")));
  EXPECT_THAT(text, HasSubstr("and 2 more"));
}

TEST_F(TrainingSetTest, AMixtureKeepsItsSourcesApart) {
  make_folders(path("pictures"));
  write_file(path("pictures/p.png"), "");
  write_file(path("pictures/p.txt"), "a cup");
  write_file(path("mix.toml"), R"([[source]]
file = "bad.jsonl"
weight = 0.5
name = "texts"
[[source]]
file = "good.json"
weight = 3
[[source]]
file = "pictures"
)");
  testing::internal::CaptureStderr();
  const auto set = read("mix.toml", BadRecords::Skip);
  testing::internal::GetCapturedStderr();
  ASSERT_EQ(set.sources.size(), 3U);
  EXPECT_EQ(set.sources[0].name, "texts");
  EXPECT_EQ(set.sources[0].weight, 0.5);
  EXPECT_EQ(set.sources[1].first, 2);
  EXPECT_EQ(set.sources[1].count, 2);
  EXPECT_EQ(set.sources[2].first, 4);
  EXPECT_EQ(set.sources[2].count, 1);
  ASSERT_EQ(set.records.size(), 5U);
  EXPECT_THAT(set.records[2].images, ElementsAre(path("images/x.png")));
  EXPECT_THAT(set.records[4].images, ElementsAre(path("pictures/p.png")));
}

TEST_F(TrainingSetTest, NothingLeftIsAnErrorWhateverThePolicy) {
  write_file(path("empty.json"), "[]");
  write_file(path("none.jsonl"), "{}\n{}\n");
  for (const auto bad : {BadRecords::Refuse, BadRecords::Skip}) {
    EXPECT_THAT(refusal("empty.json", bad), HasSubstr("at least one record, got none"));
  }
  testing::internal::CaptureStderr();
  EXPECT_THAT(refusal("none.jsonl", BadRecords::Skip),
              HasSubstr("at least one record without a problem"));
  write_file(path("mix.toml"),
             "[[source]]\nfile = \"good.json\"\n[[source]]\nfile = \"gone.json\"\n");
  EXPECT_THAT(refusal("mix.toml", BadRecords::Skip), HasSubstr("gone.json"));
  testing::internal::GetCapturedStderr();
  EXPECT_THROW(read("gone.json", BadRecords::Skip), IoError);
}

}  // namespace
}  // namespace plumbline::data
