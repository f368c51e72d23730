#include "plumbline/judge/recorded_judge.h"

#include <gmock/gmock.h>

#include "plumbline/judge/reply_file.h"
#include "tests/unit/eval/eval_files.h"

namespace plumbline::judge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

api::JudgeRequest about(const std::string& id, const std::string& content) {
  return {.id = id, .messages = {{"user", content}}};
}

std::string line(const std::string& id, const std::string& content, const std::string& reply,
                 const std::string& judge = "j") {
  return reply_line(about(id, content), judge, {reply}).text + "\n";
}

class RecordedJudgeFile : public testing::Test {
 protected:
  RecordedJudge judge_of(const std::string& text) const {
    return RecordedJudge(files_.write("replies.jsonl", text));
  }
  std::string complaint(const std::string& text) const {
    return eval::error_of([&] { judge_of(text); });
  }

  eval::EvalFiles files_;
};

TEST_F(RecordedJudgeFile, RepliesById) {
  auto judge = judge_of("{\"id\":7,\"reply\":\"a\"}\n{\"id\":\"x\",\"reply\":\"\"}\n");
  EXPECT_THAT(judge.reply({about("x", "1"), about("7", "2")}), ElementsAre("", "a"));
  EXPECT_EQ(judge.name(), "recorded");
}

TEST_F(RecordedJudgeFile, RepliesByRequest) {
  auto judge = judge_of(line("7", "good?", "a") + line("8", "bad?", "b"));
  EXPECT_THAT(judge.reply({about("7", "good?"), about("new", "bad?"), about("8", "good?")}),
              ElementsAre("a", "b", "a"));
}

TEST_F(RecordedJudgeFile, EqualRequestsKeepTheirOwnReplies) {
  auto judge = judge_of(line("7", "same", "a") + line("8", "same", "b"));
  EXPECT_THAT(judge.reply({about("8", "same"), about("7", "same")}), ElementsAre("b", "a"));
}

TEST_F(RecordedJudgeFile, HasTheNameOfTheJudge) {
  EXPECT_EQ(judge_of(line("7", "c", "a", "judge-x")).name(), "judge-x");
  EXPECT_EQ(judge_of(line("7", "c", "a", "y") + line("8", "c", "a", "x")).name(), "x + y");
}

TEST_F(RecordedJudgeFile, AReplyToSomethingElseIsNone) {
  auto judge = judge_of(line("7", "good?", "a"));
  EXPECT_THAT(eval::error_of([&] { judge.reply({about("7", "bad?")}); }),
              AllOf(HasSubstr("a reply to what is asked about '7', got one to something else"),
                    HasSubstr("replies.jsonl:1")));
}

TEST_F(RecordedJudgeFile, OtherSettingsAreSomethingElse) {
  auto judge = judge_of(line("7", "good?", "a"));
  auto request = about("7", "good?");
  request.temperature = 0.5;
  EXPECT_THAT(eval::error_of([&] { judge.reply({request}); }), HasSubstr("something else"));
}

TEST_F(RecordedJudgeFile, NamesWhatIsMissing) {
  auto judge = judge_of(line("7", "good?", "a"));
  EXPECT_THAT(eval::error_of([&] { judge.reply({about("9", "x")}); }),
              HasSubstr("expected a reply about '9', got none"));
}

TEST_F(RecordedJudgeFile, RefusesWhatIsNoReply) {
  EXPECT_THAT(complaint(""), HasSubstr("an empty file"));
  EXPECT_THAT(complaint("{\"id\":1}"), HasSubstr("a text as 'reply', got none"));
  EXPECT_THAT(complaint("{\"id\":1,\"reply\":null}"), HasSubstr("got null"));
  EXPECT_THAT(complaint("{\"reply\":\"a\"}"), HasSubstr("expected 'id'"));
  EXPECT_THAT(complaint("{\"id\":1,\"reply\":\"a\"}\n{\"id\":1,\"reply\":\"b\"}"),
              AllOf(HasSubstr("one reply about '1', got two that differ"), HasSubstr(":2")));
  EXPECT_EQ(complaint("{\"id\":1,\"reply\":\"a\"}\n{\"id\":1,\"reply\":\"a\"}"), "");
}

TEST_F(RecordedJudgeFile, TheLaterLineAboutAnIdCounts) {
  auto judge = judge_of(line("7", "old", "a") + line("7", "new", "b"));
  EXPECT_THAT(judge.reply({about("7", "new")}), ElementsAre("b"));
}

TEST_F(RecordedJudgeFile, MustBeThere) { EXPECT_THROW(RecordedJudge("/nowhere"), IoError); }

}  // namespace
}  // namespace plumbline::judge
