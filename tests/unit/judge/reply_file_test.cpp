#include "plumbline/judge/reply_file.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::judge {
namespace {

using nlohmann::json;
using support::error_text;
using testing::AllOf;
using testing::HasSubstr;

api::JudgeRequest about(const std::string& id, const std::string& content = "good?") {
  return {.id = id, .messages = {{"system", "s"}, {"user", content}}};
}

ReplyLine line(const std::string& id, const std::string& reply = "a") {
  return reply_line(about(id), "judge-x", {reply});
}

class ReplyFileTest : public support::Scratch {
 protected:
  std::string file() const { return path("replies.jsonl"); }
  std::string write(const std::string& text) const {
    write_file(file(), text);
    return file();
  }
};

TEST(RequestHash, KnowsMessagesAndSettings) {
  const std::string hash = request_hash(about("7"));
  EXPECT_EQ(request_hash(about("8")), hash);
  EXPECT_NE(request_hash(about("7", "bad?")), hash);
  auto other = about("7");
  other.temperature = 0.2;
  EXPECT_NE(request_hash(other), hash);
  other = about("7");
  other.max_tokens = 5;
  EXPECT_NE(request_hash(other), hash);
  other = about("7");
  other.messages[0].role = "user";
  EXPECT_NE(request_hash(other), hash);
  other = about("7");
  other.messages.pop_back();
  EXPECT_NE(request_hash(other), hash);
}

// Files of today must be known tomorrow.
TEST(RequestHash, StaysTheSame) {
  EXPECT_EQ(request_hash({.id = "1", .messages = {{"user", "a"}}}),
            "3d12a446217c6a1110fadfe6cbf5de05");
}

TEST(ReplyLineTest, HoldsEverything) {
  const auto made = reply_line(about("7"), "judge-x", {.text = "Rating: 3\n", .model = "x-2"});
  EXPECT_EQ(
      json::parse(made.text),
      (json{{"id", "7"},
            {"judge", "judge-x"},
            {"model", "x-2"},
            {"request", request_hash(about("7"))},
            {"messages",
             {{{"role", "system"}, {"content", "s"}}, {{"role", "user"}, {"content", "good?"}}}},
            {"settings", {{"temperature", 0.0}, {"max_tokens", 1024}}},
            {"reply", "Rating: 3\n"}}));
  EXPECT_EQ(made.text.find('\n'), std::string::npos);
}

TEST_F(ReplyFileTest, IsMadeWithItsFolder) {
  ReplyFile file(path("a/b/replies.jsonl"));
  file.append(line("7"));
  EXPECT_EQ(read_file(path("a/b/replies.jsonl")), line("7").text + "\n");
}

TEST_F(ReplyFileTest, HoldsWhatWasAppended) {
  {
    ReplyFile replies(file());
    replies.append(line("7", "a\nb"));
    EXPECT_EQ(read_reply_file(file()).size(), 1U);  // at once
    replies.append(line("8"));
  }
  const ReplyFile replies(file());
  ASSERT_EQ(replies.lines().size(), 2U);
  EXPECT_EQ(replies.lines()[0].id, "7");
  EXPECT_EQ(replies.lines()[0].judge, "judge-x");
  EXPECT_EQ(replies.lines()[0].reply, "a\nb");
  EXPECT_EQ(replies.lines()[1].request, request_hash(about("8")));
  EXPECT_EQ(replies.lines()[1].where, file() + ":2");
}

// A kill may leave any beginning of the last line.
TEST_F(ReplyFileTest, DropsALineThatIsTornAnywhere) {
  const std::string first = line("7").text + "\n";
  const std::string second = line("8", "caf\xC3\xA9").text;
  for (size_t size = 0; size < second.size(); ++size) {
    write(first + second.substr(0, size));
    ASSERT_EQ(read_reply_file(file()).size(), 1U) << size;
    ReplyFile replies(file());
    ASSERT_EQ(replies.lines().size(), 1U) << size;
    replies.append(line("9"));
    ASSERT_EQ(read_file(file()), first + line("9").text + "\n") << size;
  }
}

TEST_F(ReplyFileTest, KeepsALineWhoseEndAloneIsMissing) {
  write(line("7").text);
  ReplyFile replies(file());
  ASSERT_EQ(replies.lines().size(), 1U);
  replies.append(line("8"));
  EXPECT_EQ(read_file(file()), line("7").text + "\n" + line("8").text + "\n");
}

TEST_F(ReplyFileTest, PassesOverEmptyLines) {
  write("\n" + line("7").text + "\r\n \n" + line("8").text + "\n");
  EXPECT_EQ(ReplyFile(file()).lines().size(), 2U);
}

TEST_F(ReplyFileTest, LeavesOtherFilesAlone) {
  for (const std::string text :
       {"notes", "notes\n", "{\"question_id\":1,\"text\":\"Yes\"}\n", "[1]", "{\"id\":\"1\"}",
        "{\"id\":\"1\",\"reply\":\"a\"}\n", "{\"id\":\n{}\n"}) {
    write(text);
    EXPECT_THAT(error_text<DataError>([&] { ReplyFile{file()}; }),
                AllOf(HasSubstr("expected a line of plumbline eval judge"), HasSubstr(":1")))
        << text;
    EXPECT_EQ(read_file(file()), text);
  }
}

TEST_F(ReplyFileTest, ATornLineInTheMiddleIsAnError) {
  write(line("7").text.substr(0, 30) + "\n" + line("8").text + "\n");
  EXPECT_THROW(ReplyFile{file()}, DataError);
}

TEST_F(ReplyFileTest, IsForOneProcess) {
  const ReplyFile replies(file());
  EXPECT_THAT(error_text<IoError>([&] { ReplyFile{file()}; }), HasSubstr("another process"));
}

TEST_F(ReplyFileTest, IsAFile) { EXPECT_THROW(ReplyFile{path(".")}, IoError); }

TEST_F(ReplyFileTest, AFullDiskLosesNothing) {
  ReplyFile replies(file());
  replies.append(line("7"));
  const std::string before = read_file(file());
  {
    const support::FileSizeLimit limit(before.size() + 20);
    EXPECT_THAT(error_text<IoError>([&] { replies.append(line("8")); }),
                AllOf(HasSubstr("File too large"), HasSubstr("make room")));
    EXPECT_EQ(read_file(file()), before);
  }
  EXPECT_EQ(replies.lines().size(), 1U);
  replies.append(line("8"));
  EXPECT_EQ(read_file(file()), before + line("8").text + "\n");
}

TEST_F(ReplyFileTest, MakesRoomThatNobodySees) {
  ReplyFile replies(file());
  replies.append(line("7"));
  replies.reserve(1 << 20);
  EXPECT_EQ(read_file(file()), line("7").text + "\n");
  replies.append(line("8"));
  EXPECT_EQ(read_file(file()), line("7").text + "\n" + line("8").text + "\n");
}

TEST_F(ReplyFileTest, SaysBeforehandThatThereIsNoRoom) {
  ReplyFile replies(file());
  replies.append(line("7"));
  try {
    replies.reserve(int64_t{1} << 60);
    GTEST_SKIP() << "the file system sets nothing aside";
  } catch (const IoError& e) {
    EXPECT_THAT(e.what(), HasSubstr("make room"));
  }
  EXPECT_EQ(read_file(file()), line("7").text + "\n");
}

TEST_F(ReplyFileTest, IsPutInOrderAtTheEnd) {
  ReplyFile replies(file());
  for (const char* id : {"7", "8", "9"}) replies.append(line(id));
  replies.finish({2, 0});
  EXPECT_EQ(read_file(file()), line("9").text + "\n" + line("7").text + "\n");
  const ReplyFile again(file());
  EXPECT_EQ(again.lines().size(), 2U);
}

}  // namespace
}  // namespace plumbline::judge
