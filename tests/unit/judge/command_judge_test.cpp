#include "plumbline/judge/command_judge.h"

#include <gmock/gmock.h>

#include <csignal>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "tests/support/scratch.h"

namespace plumbline::judge {
namespace {

using support::error_text;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Requests = std::vector<api::JudgeRequest>;

const Requests kTwo = {{.id = "7", .messages = {{"user", "Is it\n\"good\"?"}}},
                       {.id = "8", .messages = {{"system", "s"}, {"user", "u"}}, .max_tokens = 9}};

CommandJudge judge_of(const std::string& line) {
  return CommandJudge({.line = line, .retries = {.count = 0}});
}

std::string complaint(const std::string& line) {
  return error_text<DataError>([&] { judge_of(line).reply(kTwo); });
}

class CommandJudgeFiles : public support::Scratch {};

TEST_F(CommandJudgeFiles, GetsLinesOfJson) {
  judge_of("tee " + path("in") + " | sed 's/.*/\"a\"/'").reply(kTwo);
  EXPECT_EQ(read_file(path("in")),
            R"({"id":"7","messages":[{"role":"user","content":"Is it\n\"good\"?"}],)"
            R"("temperature":0.0,"max_tokens":1024})"
            "\n"
            R"({"id":"8","messages":[{"role":"system","content":"s"},{"role":"user",)"
            R"("content":"u"}],"temperature":0.0,"max_tokens":9})"
            "\n");
}

TEST(CommandJudge, AnswersWithObjectsOrStrings) {
  EXPECT_THAT(judge_of(R"(printf '%s\n' '{"id":7,"reply":"a\nb"}' '"c"')").reply(kTwo),
              ElementsAre("a\nb", "c"));
  EXPECT_THAT(judge_of(R"(echo '{"reply":""}'; echo '{"id":"8","reply":"d","x":1}')").reply(kTwo),
              ElementsAre("", "d"));
}

TEST(CommandJudge, IsNotStartedForNothing) { EXPECT_TRUE(judge_of("exit 1").reply({}).empty()); }

TEST(CommandJudge, HasTheNameOfItsCommand) {
  EXPECT_EQ(judge_of("./judge.sh").name(), "command: ./judge.sh");
  EXPECT_EQ(CommandJudge({.line = "./judge.sh", .name = "ours"}).name(), "ours");
}

TEST(CommandJudge, SaysWhatCameInstead) {
  EXPECT_THAT(complaint("echo loading model"), AllOf(HasSubstr("about '7', got 'loading model'"),
                                                     HasSubstr("('echo loading model')")));
  for (const char* line : {"3", "null", "[]", "{}", R"({"reply":null})", R"({"reply":3})"}) {
    EXPECT_THAT(complaint(std::string("echo '\"a\"'; echo '") + line + "'"),
                AllOf(HasSubstr("about '8', got '"), HasSubstr(line)));
  }
}

TEST(CommandJudge, KeepsTheOrder) {
  EXPECT_THAT(complaint(R"(echo '{"id":"8","reply":"a"}'; echo '{"id":"7","reply":"b"}')"),
              HasSubstr("expected the reply about '7' in its place, got '{\"id\":\"8\""));
}

TEST(CommandJudge, AnswersAllAndNoMore) {
  EXPECT_THAT(complaint("echo '\"a\"'"), HasSubstr("expected 2 replies, got 1, none about '8'"));
  EXPECT_THAT(complaint("for i in 1 2 3; do echo '\"a\"'; done"),
              HasSubstr("expected 2 lines, got one more: '\"a\"'"));
}

TEST(CommandJudge, SaysHowTheCommandFailed) {
  const auto text = error_text<IoError>([] { judge_of("echo bad luck >&2; exit 3").reply(kTwo); });
  EXPECT_THAT(text, AllOf(HasSubstr("asking a command: expected exit code 0, got 3"),
                          HasSubstr("bad luck")));
}

TEST_F(CommandJudgeFiles, AsksAgainForWhatIsMissing) {
  const std::string line = "if [ -e " + path("second") + " ]; then tee " + path("in") +
                           " | sed 's/.*/\"b\"/'; exit; fi; touch " + path("second") +
                           "; echo '\"a\"'; exit 1";
  CommandJudge judge({.line = line, .retries = {.count = 1, .first_wait_seconds = 0}});
  EXPECT_THAT(judge.reply(kTwo), ElementsAre("a", "b"));
  EXPECT_THAT(read_file(path("in")), testing::StartsWith("{\"id\":\"8\""));
}

TEST(CommandJudge, HandsOverEachReplyAtOnce) {
  const Stopwatch watch;
  bool is_early = false;
  judge_of("echo '\"a\"'; sleep 1; echo '\"b\"'")
      .reply_each(kTwo, [&](size_t i, const api::JudgeReply&) {
        if (i == 0) is_early = watch.seconds() < 0.9;
      });
  EXPECT_TRUE(is_early);
}

// An IoError of the taker is none of the command.
TEST_F(CommandJudgeFiles, IsNotAskedAgainWhenTakingFails) {
  CommandJudge judge({.line = "echo >> " + path("count") + "; echo '\"a\"'",
                      .retries = {.count = 3, .first_wait_seconds = 0}});
  const auto take = [](size_t, const api::JudgeReply&) {
    throw IoError(Complaint{.component = "test", .doing = "saving"});
  };
  EXPECT_THROW(judge.reply_each(kTwo, take), IoError);
  EXPECT_EQ(read_file(path("count")), "\n");
}

TEST(CommandJudge, EndsWhenASignalComesAndKeepsWhatItSaid) {
  watch_signals();
  size_t num_taken = 0;
  EXPECT_THROW(judge_of("echo '\"a\"'; sleep 0.2; kill -INT $PPID; sleep 60")
                   .reply_each(kTwo, [&](size_t, const api::JudgeReply&) { ++num_taken; }),
               Interrupted);
  EXPECT_EQ(num_taken, 1U);
  EXPECT_EQ(take_interrupt(), SIGINT);
}

}  // namespace
}  // namespace plumbline::judge
