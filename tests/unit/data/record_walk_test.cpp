#include "plumbline/data/record_walk.h"

#include <gmock/gmock.h>

#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RecordWalk : public support::Scratch {
 protected:
  void SetUp() override { write_file(path("x.png"), ""); }
  // The records of lines in a file, whose images lie in the scratch folder.
  std::vector<WalkedRecord> walk(const std::string& lines) {
    write_file(path("a.jsonl"), lines);
    return walk({{.name = "a", .path = path("a.jsonl"), .images = folder_.string()}});
  }
  static std::vector<WalkedRecord> walk(const std::vector<SourceFile>& sources) {
    std::vector<WalkedRecord> records;
    walk_records(sources, [&](WalkedRecord&& record) { records.push_back(std::move(record)); });
    return records;
  }
  static std::string problem(const WalkedRecord& record, ProblemKind kind) {
    EXPECT_EQ(record.problems.size(), 1U);
    if (record.problems.size() != 1U) return "";
    EXPECT_EQ(record.problems[0].kind, kind);
    EXPECT_EQ(record.problems[0].where, record.where);
    return record.problems[0].text;
  }
};

TEST_F(RecordWalk, ImagesOpenAsTheyStandAndPlacesAreIds) {
  const auto records = walk(R"({"prompt": "a", "completion": "b", "images": ["x.png"]}
{"id": "t", "text": "c"}
{"prompt": "a", "completion": "b", "images": "data:image/png;base64,Zm9v"}
{"prompt": "a", "completion": "b", "images": ")" +
                            path("x.png") + "\"}");
  ASSERT_EQ(records.size(), 4U);
  for (const auto& record : records) EXPECT_TRUE(record.problems.empty()) << record.where;
  EXPECT_THAT(records[0].conversation.images, ElementsAre(path("x.png")));
  EXPECT_EQ(records[0].conversation.id, path("a.jsonl") + ":1");
  EXPECT_EQ(records[0].form, "prompt");
  EXPECT_EQ(records[1].conversation.id, "t");
  EXPECT_THAT(records[2].conversation.images, ElementsAre("data:image/png;base64,Zm9v"));
  EXPECT_THAT(records[3].conversation.images, ElementsAre(path("x.png")));
}

TEST_F(RecordWalk, EveryProblemHasItsKind) {
  const auto records = walk(R"({"id": "1", "prompt": "a", "completion": "b"}
{"id": "1", "prompt": "a", "completion": "b"}
{"id": "2", "prompt": "a", "completion": "b", "images": "gone.png"}
{"id": "3", "prompt": "a", "completion": "b", "images": "https://example.com/x.png"}
{"id": "4", "prompt": "a", "completion": " "}
{"id": "5", "messages": [{"role": "user", "content": "a"}]}
{"id": "6", "messages": [{"role": "user", "content": "<image>"}, {"role": "assistant", "content": "b"}]}
{"id": "7"}
[1])");
  ASSERT_EQ(records.size(), 9U);
  EXPECT_TRUE(records[0].problems.empty());
  EXPECT_THAT(problem(records[1], ProblemKind::Id), HasSubstr("'1' again"));
  EXPECT_THAT(problem(records[2], ProblemKind::Image), HasSubstr(path("gone.png")));
  EXPECT_THAT(problem(records[3], ProblemKind::Image), HasSubstr("'https://example.com/x.png'"));
  EXPECT_THAT(problem(records[4], ProblemKind::Turns), HasSubstr("empty answer"));
  EXPECT_THAT(problem(records[5], ProblemKind::Turns), HasSubstr("an answer as the last turn"));
  EXPECT_THAT(problem(records[6], ProblemKind::Turns), HasSubstr("for no image, got 1"));
  EXPECT_THAT(problem(records[7], ProblemKind::Record), HasSubstr("got the keys id"));
  EXPECT_THAT(problem(records[8], ProblemKind::Record), HasSubstr("an object"));
}

TEST_F(RecordWalk, LlavaRecordsHaveTheirProblemsToo) {
  const auto records = walk(R"({"conversations": [{"from": "robot", "value": "a"}]}
{"conversations": 3}
{"image": ["x.png", "x.png"], "conversations": [{"from": "human", "value": "<image>"}, {"from": "gpt", "value": "b"}]})");
  EXPECT_THAT(problem(records[0], ProblemKind::Record), HasSubstr("'robot'"));
  EXPECT_EQ(records[1].problems.size(), 1U);
  EXPECT_THAT(problem(records[2], ProblemKind::Turns), HasSubstr("for 2 images, got 1"));
}

TEST_F(RecordWalk, BrokenLinesAndFilesAreProblems) {
  const auto lines = walk("{\n{\"text\": \"a\"}\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(problem(lines[0], ProblemKind::Record), HasSubstr("ends too early"));
  EXPECT_EQ(lines[0].where, path("a.jsonl") + ":1");
  EXPECT_TRUE(lines[1].problems.empty());

  write_file(path("empty.json"), "[]");
  const auto files = walk({{.name = "a", .path = path("absent.json"), .images = {}},
                           {.name = "b", .path = path("empty.json"), .images = {}}});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_THAT(problem(files[0], ProblemKind::File), HasSubstr("absent.json"));
  EXPECT_THAT(problem(files[1], ProblemKind::File), HasSubstr("at least one record"));
  EXPECT_EQ(files[1].source, 1U);
}

TEST_F(RecordWalk, IdsAreUniqueWithinASourceOnly) {
  write_file(path("a.jsonl"), R"({"id": "1", "text": "a"})");
  write_file(path("b.jsonl"), R"({"id": "1", "text": "a"})");
  for (const auto& record : walk({{.name = "a", .path = path("a.jsonl"), .images = {}},
                                  {.name = "b", .path = path("b.jsonl"), .images = {}}})) {
    EXPECT_TRUE(record.problems.empty());
  }
}

TEST_F(RecordWalk, AFolderGivesCaptions) {
  make_folders(path("pictures"));
  write_file(path("pictures/a.png"), "");
  write_file(path("pictures/a.txt"), "a cup");
  write_file(path("pictures/b.png"), "");
  const auto records = walk({{.name = "p", .path = path("pictures"), .images = path("pictures")}});
  ASSERT_EQ(records.size(), 2U);
  const bool is_first = records[0].problems.empty();  // broken ones may come before
  const auto &sound = records[is_first ? 0 : 1], &broken = records[is_first ? 1 : 0];
  EXPECT_TRUE(sound.problems.empty());
  EXPECT_THAT(sound.conversation.images, ElementsAre(path("pictures/a.png")));
  EXPECT_THAT(problem(broken, ProblemKind::Record), HasSubstr("its caption in b.txt"));
}

}  // namespace
}  // namespace plumbline::data
