#include "plumbline/remote/command.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "tests/support/scratch.h"

namespace plumbline::remote {
namespace {

using support::error_text;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using Lines = std::vector<std::string>;

constexpr Retries kNoRetries{.count = 0};

Lines ask(const std::string& line, const Lines& lines = {}) {
  return ask_command({.line = line, .timeout_seconds = 30, .retries = kNoRetries}, lines);
}

class CommandFiles : public support::Scratch {
 protected:
  // Whether the process whose number the file holds has ended; waits a moment for that. One that
  // its new parent has not looked after yet counts as ended.
  bool is_gone(const std::string& file) const {
    const std::string status = "/proc/" + std::to_string(std::stoi(read_file(file))) + "/status";
    const auto runs = [&] {
      return fs::exists(status) &&
             ask("grep State: " + status + " || true") != Lines{"State:\tZ (zombie)"};
    };
    for (int i = 0; i < 200 && runs(); ++i) ::usleep(10'000);
    return !runs();
  }
};

TEST(Command, AnswersLines) {
  EXPECT_THAT(ask("sed s/a/b/", {"a1", "", "a2"}), ElementsAre("b1", "", "b2"));
}

TEST(Command, LinesMayEndAsTheyDoElsewhere) {
  EXPECT_THAT(ask("printf 'a\\r\\nb'"), ElementsAre("a", "b"));
}

TEST(Command, NothingIsNoLine) { EXPECT_TRUE(ask("true").empty()); }

// More than the pipes hold, both ways at once.
TEST(Command, MovesMuchBothWays) {
  const Lines lines(300, std::string(10'000, 'x'));
  EXPECT_EQ(ask("cat", lines), lines);
}

TEST(Command, MuchOnStderrHoldsNothingUp) {
  EXPECT_THAT(ask("head -c 1000000 /dev/zero >&2; echo a"), ElementsAre("a"));
}

TEST(CommandDeathTest, NeedNotReadWhatItGets) {
  EXPECT_EXIT(
      {
        std::signal(SIGPIPE, SIG_DFL);
        const Lines lines(100, std::string(10'000, 'x'));
        const bool is_right = ask("exec <&-; sleep 0.05; echo a", lines) == Lines{"a"};
        ::_exit(is_right ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Command, SaysHowItEndedAndWhatItSaidLast) {
  const auto text = error_text<IoError>(
      [] { ask("head -c 5000 /dev/zero | tr '\\0' x >&2; echo bad luck >&2; exit 3"); });
  EXPECT_THAT(text, HasSubstr("[remote] running a command: expected exit code 0, got 3 ('head"));
  EXPECT_THAT(text, EndsWith("xxxbad luck"));
  EXPECT_LT(text.size(), 2048 + 400);
}

TEST(Command, SaysThatASignalEndedIt) {
  const auto text = error_text<IoError>([] { ask("kill -9 $$"); });
  EXPECT_THAT(text, HasSubstr("expected exit code 0, got signal 9"));
}

TEST_F(CommandFiles, HasATime) {
  const auto text = error_text<IoError>([&] {
    ask_command({.line = "sleep 60 & echo $! > " + path("pid") + "; echo slow >&2; wait",
                 .doing = "asking a friend",
                 .timeout_seconds = 0.5,
                 .retries = kNoRetries},
                {});
  });
  EXPECT_THAT(text, HasSubstr("asking a friend: expected an end within 0.5 seconds, got none"));
  EXPECT_THAT(text, HasSubstr("slow"));
  EXPECT_TRUE(is_gone(path("pid")));
}

// They keep stdout open; nobody waits for them.
TEST_F(CommandFiles, WhatItLeftRunningIsKilled) {
  const Stopwatch watch;
  EXPECT_THAT(ask("sleep 60 & echo $! > " + path("pid") + "; echo a"), ElementsAre("a"));
  EXPECT_LT(watch.seconds(), 20);
  EXPECT_TRUE(is_gone(path("pid")));
}

TEST_F(CommandFiles, IsTriedAgain) {
  const std::string line =
      "echo >> " + path("count") + "; [ $(wc -l < " + path("count") + ") = 3 ] && cat";
  const Command command{.line = line, .retries = {.count = 2, .first_wait_seconds = 0}};
  EXPECT_THAT(ask_command(command, {"a"}), ElementsAre("a"));
}

TEST_F(CommandFiles, IsTriedNoMoreThanAllowed) {
  const Command command{.line = "echo >> " + path("count") + "; exit 1",
                        .retries = {.count = 1, .first_wait_seconds = 0}};
  EXPECT_THROW(ask_command(command, {}), IoError);
  EXPECT_EQ(read_file(path("count")), "\n\n");
}

TEST_F(CommandFiles, IsNotTriedAgainWhenItSaysTooMuch) {
  const Command command{.line = "echo >> " + path("count") + "; yes",
                        .retries = {.count = 3, .first_wait_seconds = 0},
                        .max_reply_bytes = 1000};
  const auto text = error_text<DataError>([&] { ask_command(command, {}); });
  EXPECT_THAT(text,
              HasSubstr("expected at most 1000 bytes, got more on stdout, beginning with 'y"));
  EXPECT_EQ(read_file(path("count")), "\n");
}

TEST_F(CommandFiles, EndsWhenASignalComes) {
  watch_signals();
  const Stopwatch watch;
  EXPECT_THROW(ask("echo $$ > " + path("pid") + "; kill -INT $PPID; sleep 60; true"), Interrupted);
  EXPECT_LT(watch.seconds(), 20);
  EXPECT_EQ(take_interrupt(), SIGINT);
  EXPECT_TRUE(is_gone(path("pid")));
}

TEST(CommandLines, ComeOneByOne) {
  Lines lines;
  bool is_early = false;
  const Stopwatch watch;
  ask_command({.line = "echo a; sleep 1; printf 'b\\r\\nc'",
               .on_line =
                   [&](const std::string& line) {
                     is_early = is_early || watch.seconds() < 0.9;
                     lines.push_back(line);
                   }},
              {});
  EXPECT_THAT(lines, ElementsAre("a", "b", "c"));
  EXPECT_TRUE(is_early);
}

TEST(CommandLines, AreKeptWhenItFailsButNotHalfOnes) {
  Lines lines;
  const Command command{.line = "printf 'a\\nb'; exit 1",
                        .retries = kNoRetries,
                        .on_line = [&](const std::string& line) { lines.push_back(line); }};
  EXPECT_THROW(ask_command(command, {}), IoError);
  EXPECT_THAT(lines, ElementsAre("a"));
}

TEST(CommandLines, MayEndIt) {
  const Command command{.line = "echo a; sleep 60",
                        .on_line = [](const std::string&) { throw std::runtime_error("enough"); }};
  const Stopwatch watch;
  EXPECT_THROW(ask_command(command, {}), std::runtime_error);
  EXPECT_LT(watch.seconds(), 20);
}

TEST(Command, SaysThatItCannotBeStarted) {
  EXPECT_THAT(error_text<IoError>([] { ask(std::string(10'000'000, 'x')); }),
              HasSubstr("expected a new process, got Argument list too long ('xxx"));
}

TEST(Command, LinesWithBreaksAreOurFault) { EXPECT_THROW(ask("cat", {"a\nb"}), InternalError); }

}  // namespace
}  // namespace plumbline::remote
