// The steps of `eval`, and that the guide's pages about benchmarks print what is printed.
#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using support::Outcome;
using support::plumbline;
using testing::AllOf;
using testing::HasSubstr;

class EvalSteps : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    write_file(scratch_ / name, text);
    return scratch_ / name;
  }
  Outcome score(std::vector<std::string> more) const {
    std::vector<std::string> words = {"eval", "score", "pope", "--questions", questions_};
    words.insert(words.end(), more.begin(), more.end());
    return plumbline(words);
  }

  support::ScratchFolder scratch_;
  std::string questions_ = write(
      "q.jsonl",
      "{\"question_id\":1,\"image\":\"a.jpg\",\"text\":\"Is there a cup?\",\"label\":\"yes\"}\n"
      "{\"question_id\":2,\"image\":\"b.jpg\",\"text\":\"Is there a dog?\",\"label\":\"no\"}\n");
  std::string right_ =
      write("right.jsonl", "{\"id\":1,\"text\":\"Yes\"}\n{\"id\":2,\"text\":\"No\"}\n");
  std::string wrong_ =
      write("wrong.jsonl", "{\"id\":1,\"text\":\"No\"}\n{\"id\":2,\"text\":\"Yes\"}\n");
};

TEST_F(EvalSteps, ListNamesEveryBenchmark) {
  const Outcome o = plumbline({"eval", "list"});
  EXPECT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.out, AllOf(HasSubstr("pope "), HasSubstr("world "), HasSubstr("--variant pope=")));
}

TEST_F(EvalSteps, ScoreAsTableJsonAndFolder) {
  const Outcome o = score({"--answers", right_, "--json", "--out", scratch_ / "out"});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  const auto json = nlohmann::json::parse(o.out);
  EXPECT_EQ(json["systems"][0]["name"], "right");
  EXPECT_EQ(json["systems"][0]["figures"]["accuracy"]["value"], 1.0);
  for (const char* file : {"scores.json", "scores.md", "scored.jsonl", "report.html", "run.json"}) {
    EXPECT_TRUE(fs::exists(fs::path(scratch_ / "out") / file)) << file;
  }
}

TEST_F(EvalSteps, JudgeTellsWhatItWouldAsk) {
  const std::string at = "docs/examples/eval/mmhal/", replies = scratch_ / "replies.jsonl";
  const Outcome o =
      plumbline({"eval", "judge", "mmhal", "--questions", at + "questions.json", "--answers",
                 at + "answers.json", "--judge", "command: false", "--out", replies, "--dry-run"});
  EXPECT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.out,
              HasSubstr("3 requests: 0 answered in the file, 0 equal to another one, 3 to ask"));
  EXPECT_FALSE(fs::exists(replies));
}

TEST_F(EvalSteps, CompareShowsBothAndTheDifference) {
  const Outcome o = score({"--compare", right_, wrong_, "--name", "A", "--name", "B"});
  ASSERT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.out, AllOf(HasSubstr("difference"), HasSubstr("+1.000"), HasSubstr("permutation")));
}

TEST_F(EvalSteps, BadInputIsOneErrorWithItsExitCode) {
  const Outcome missing = score({});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("no --answers FILE"));
  const Outcome unknown = plumbline({"eval", "score", "popes", "--questions", questions_});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("world"));
  const Outcome half = score({"--answers", write("half.jsonl", "{\"id\":1,\"text\":\"Yes\"}\n")});
  EXPECT_EQ(half.exit_code, 3);
  EXPECT_THAT(half.err, HasSubstr("no answer to 2"));
  const Outcome three = score({"--answers", right_, wrong_, right_});
  EXPECT_EQ(three.exit_code, 2);
}

// A page shows a command, indented, and below it what it prints between "```text" and "```".
struct Shown {
  std::vector<std::string> words = {};
  std::string output = {};
  size_t begin = 0, end = 0;  // of the output in the page
};

std::vector<Shown> commands_of(const std::string& page) {
  std::vector<Shown> result;
  constexpr std::string_view kCommand = "\n    plumbline eval score ";
  for (size_t at = page.find(kCommand); at != std::string::npos; at = page.find(kCommand, at + 1)) {
    const size_t block = page.find("\n```text\n", at);
    const size_t next = page.find(kCommand, at + 1);
    if (block == std::string::npos || block > next) continue;
    std::string command = page.substr(at, page.find("\n\n", at) - at);
    Shown shown{.begin = block + 9, .end = page.find("```", block + 9)};
    std::istringstream words(command);
    for (std::string word; words >> word;) {
      if (word != "\\" && word != "plumbline") shown.words.push_back(word);
    }
    shown.output = page.substr(shown.begin, shown.end - shown.begin);
    result.push_back(shown);
  }
  return result;
}

// With PLUMBLINE_UPDATE_DOCS set, pages get what is printed now.
TEST(EvalGuide, PagesShowWhatIsPrinted) {
  size_t num_commands = 0;
  for (const auto& entry : fs::directory_iterator("docs/guide/benchmarks")) {
    std::string page = read_file(entry.path());
    const auto commands = commands_of(page);
    num_commands += commands.size();
    for (auto shown = commands.rbegin(); shown != commands.rend(); ++shown) {
      const Outcome o = plumbline(shown->words);
      EXPECT_EQ(o.exit_code, 0) << entry.path() << ": " << o.err;
      if (std::getenv("PLUMBLINE_UPDATE_DOCS") != nullptr) {
        page.replace(shown->begin, shown->end - shown->begin, o.out);
        continue;
      }
      EXPECT_EQ(o.out, shown->output) << entry.path();
    }
    if (std::getenv("PLUMBLINE_UPDATE_DOCS") != nullptr) write_file(entry.path(), page);
  }
  EXPECT_GT(num_commands, 0u);
}

TEST(EvalGuide, EveryBenchmarkHasAPageWithACommandThatIsRun) {
  const Outcome o = plumbline({"eval", "list"});
  std::istringstream lines(o.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == ' ') continue;
    const std::string name = line.substr(0, line.find(' '));
    const std::string page = "docs/guide/benchmarks/" + name + ".md";
    ASSERT_TRUE(fs::exists(page)) << name;
    EXPECT_FALSE(commands_of(read_file(page)).empty()) << page;
  }
}

}  // namespace
}  // namespace plumbline
