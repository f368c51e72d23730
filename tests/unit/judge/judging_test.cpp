#include "plumbline/judge/judging.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/judge/budget.h"
#include "plumbline/judge/recorded_judge.h"
#include "tests/support/scratch.h"

namespace plumbline::judge {
namespace {

using support::error_text;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Requests = std::vector<api::JudgeRequest>;
using Ids = std::vector<std::string>;

// Says "r" and what it is asked, one by one; remembers about which ids.
class FakeJudge : public api::Judge {
 public:
  explicit FakeJudge(std::string name = "fake") : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  std::vector<std::string> reply(const Requests& requests) override {
    return api::collected_replies(*this, requests);
  }
  void reply_each(const Requests& requests, const Take& take) override {
    groups.push_back(requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      before_each(requests[i].id);
      asked.push_back(requests[i].id);
      take(i, {.text = "r " + requests[i].messages.back().content, .model = "fake-2"});
    }
  }

  std::function<void(const std::string& id)> before_each = [](const std::string&) {};
  Ids asked;
  std::vector<size_t> groups;

 private:
  std::string name_;
};

api::JudgeRequest about(const std::string& id, const std::string& content) {
  return {.id = id, .messages = {{"user", content}}};
}

Requests about(int count) {
  Requests requests;
  for (int i = 0; i < count; ++i) {
    requests.push_back(about("q" + std::to_string(i), "content " + std::to_string(i)));
  }
  return requests;
}

DataError bad_reply(const std::string& id) {
  return DataError(Complaint{.component = "test", .doing = "judging " + id});
}

class Judging : public support::Scratch {
 protected:
  JudgingPlan judge(const Requests& requests) { return judge_requests(requests, judge_, options_); }
  JudgingPlan plan(const Requests& requests) const {
    return plan_judging(requests, judge_, options_);
  }
  // "id=reply" of each line.
  Ids lines() const {
    Ids result;
    for (const auto& line : read_reply_file(options_.file)) {
      result.push_back(line.id + "=" + line.reply);
    }
    return result;
  }
  std::string text() const { return read_file(options_.file); }

  JudgingOptions options_{.file = path("out/replies.jsonl"), .group_size = 4};
  FakeJudge judge_;
};

TEST_F(Judging, KeepsWhatTheJudgeSays) {
  const auto plan = judge(about(3));
  EXPECT_EQ(plan.num_requests, 3);
  EXPECT_EQ(plan.num_to_ask, 3);
  EXPECT_THAT(lines(), ElementsAre("q0=r content 0", "q1=r content 1", "q2=r content 2"));
  EXPECT_EQ(text().substr(0, text().find('\n')),
            reply_line(about(1)[0], "fake", {.text = "r content 0", .model = "fake-2"}).text);
}

TEST_F(Judging, AsksInGroups) {
  judge(about(10));
  EXPECT_THAT(judge_.groups, ElementsAre(4, 4, 2));
}

TEST_F(Judging, OfNothingIsAnEmptyFile) {
  EXPECT_EQ(judge({}).num_requests, 0);
  EXPECT_EQ(text(), "");
}

TEST_F(Judging, AsksNothingTwice) {
  judge(about(5));
  const std::string before = text();
  judge_.asked.clear();
  const auto plan = judge(about(5));
  EXPECT_THAT(judge_.asked, IsEmpty());
  EXPECT_EQ(plan.num_kept, 5);
  EXPECT_EQ(text(), before);
}

TEST_F(Judging, AsksOnlyWhatIsNew) {
  judge(about(3));
  judge_.asked.clear();
  judge(about(5));
  EXPECT_THAT(judge_.asked, ElementsAre("q3", "q4"));
  EXPECT_EQ(lines().size(), 5U);
}

TEST_F(Judging, AsksEqualRequestsOnce) {
  const auto plan = judge({about("a", "same"), about("b", "other"), about("c", "same")});
  EXPECT_THAT(judge_.asked, ElementsAre("a", "b"));
  EXPECT_EQ(plan.num_to_ask, 2);
  EXPECT_EQ(plan.num_repeated, 1);
  EXPECT_THAT(lines(), ElementsAre("a=r same", "b=r other", "c=r same"));
}

TEST_F(Judging, KnowsARequestUnderAnotherId) {
  judge({about("a", "same")});
  judge_.asked.clear();
  judge({about("a", "same"), about("b", "same")});
  EXPECT_THAT(judge_.asked, IsEmpty());
  EXPECT_EQ(read_reply_file(options_.file)[1].model, "fake-2");
}

TEST_F(Judging, ReplacesRepliesToChangedAnswers) {
  judge({about("a", "old"), about("b", "b")});
  judge_.asked.clear();
  const auto plan = judge({about("a", "new"), about("b", "b")});
  EXPECT_EQ(plan.num_changed, 1);
  EXPECT_THAT(judge_.asked, ElementsAre("a"));
  EXPECT_THAT(lines(), ElementsAre("a=r new", "b=r b"));
}

TEST_F(Judging, ReplacesRepliesUnderOtherSettings) {
  Requests requests = about(2);
  judge(requests);
  judge_.asked.clear();
  requests[1].temperature = 0.7;
  judge(requests);
  EXPECT_THAT(judge_.asked, ElementsAre("q1"));
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(Judging, PutsLinesInTheOrderOfRequests) {
  Requests requests = about(6);
  judge(requests);
  const std::string before = text();
  std::reverse(requests.begin(), requests.end());
  judge(requests);
  EXPECT_EQ(lines().front(), "q5=r content 5");
  std::reverse(requests.begin(), requests.end());
  judge(requests);
  EXPECT_EQ(text(), before);
  EXPECT_EQ(judge_.asked.size(), 6U);
}

TEST_F(Judging, KeepsLinesAboutOtherIds) {
  judge(about(3));
  testing::internal::CaptureStderr();
  const auto plan = judge({about("x", "x"), about("q1", "content 1")});
  EXPECT_EQ(plan.num_others, 2);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("about 2 ids"));
  EXPECT_THAT(lines(), ElementsAre("x=r x", "q1=r content 1", "q0=r content 0", "q2=r content 2"));
}

TEST_F(Judging, RefusesTwoRequestsOfOneId) {
  EXPECT_THAT(error_text<DataError>([&] {
                judge({about("a", "1"), about("a", "2")});
              }),
              HasSubstr("one request per id, got two about 'a'"));
  EXPECT_FALSE(fs::exists(options_.file));
}

TEST_F(Judging, RefusesToMixJudges) {
  judge(about(2));
  FakeJudge other("other");
  const std::string before = text();
  EXPECT_THAT(error_text<DataError>([&] { judge_requests(about(3), other, options_); }),
              AllOf(HasSubstr("replies of 'other'"), HasSubstr("2 of 2 lines of other judges"),
                    HasSubstr("'fake'"), HasSubstr(":1"), HasSubstr("--mix-judges")));
  EXPECT_EQ(text(), before);
  EXPECT_THAT(other.asked, IsEmpty());
}

TEST_F(Judging, MixesJudgesWhenToldSo) {
  judge(about(2));
  FakeJudge other("other");
  options_.allows_mixed_judges = true;
  Requests requests = about(3);
  requests.push_back(about("same as q0", "content 0"));
  judge_requests(requests, other, options_);
  // What the first judge said is no reply of the second one to something equal.
  EXPECT_THAT(other.asked, ElementsAre("q2", "same as q0"));
  EXPECT_EQ(read_reply_file(options_.file)[0].judge, "fake");
  EXPECT_EQ(read_reply_file(options_.file)[2].judge, "other");
}

TEST_F(Judging, ABadReplyEndsItsGroupOnly) {
  judge_.before_each = [](const std::string& id) {
    if (id == "q1") throw bad_reply(id);
  };
  const auto text = error_text<DataError>([&] { judge(about(10)); });
  EXPECT_THAT(text, AllOf(HasSubstr("a reply to each of 10 requests, got 7"),
                          HasSubstr("judging q1"), HasSubstr("run the same command again")));
  judge_.before_each = [](const std::string&) {};
  judge_.asked.clear();
  judge(about(10));
  EXPECT_THAT(judge_.asked, ElementsAre("q1", "q2", "q3"));
  EXPECT_EQ(lines().size(), 10U);
}

TEST_F(Judging, EndsWhenNothingComes) {
  judge_.before_each = [](const std::string& id) { throw bad_reply(id); };
  EXPECT_THAT(error_text<DataError>([&] { judge(about(100)); }),
              HasSubstr("a reply to each of 100 requests, got 0"));
  EXPECT_EQ(judge_.groups.size(), 3U);
}

TEST_F(Judging, AnyOtherErrorEndsIt) {
  judge_.before_each = [](const std::string& id) {
    if (id == "q5") throw IoError(Complaint{.component = "test", .doing = "reaching it"});
  };
  EXPECT_THROW(judge(about(10)), IoError);
  EXPECT_EQ(lines().size(), 5U);
  EXPECT_EQ(judge_.groups.size(), 2U);
}

TEST_F(Judging, ABudgetKeepsEverything) {
  Budget budget({.requests = 6});
  judge_.before_each = [&](const std::string&) { budget.spend_request(); };
  EXPECT_THROW(judge(about(10)), BudgetReached);
  EXPECT_EQ(lines().size(), 6U);
  judge_.before_each = [](const std::string&) {};
  judge(about(10));
  EXPECT_EQ(judge_.asked.size(), 10U);
}

// The replies to older answers are gone then, too.
TEST_F(Judging, AStopLeavesOneLinePerId) {
  judge({about("a", "old a"), about("b", "old b"), about("c", "same")});
  judge_.before_each = [&](const std::string& id) {
    if (id == "b") std::raise(SIGINT), stop_if_interrupted();
  };
  watch_signals();
  EXPECT_THROW(judge({about("a", "new a"), about("b", "new b"), about("c", "same")}), Interrupted);
  EXPECT_EQ(take_interrupt(), SIGINT);
  EXPECT_THAT(lines(), ElementsAre("a=r new a", "b=r old b", "c=r same"));
}

TEST_F(Judging, AnotherBenchmarksRepliesAreNotReplaced) {
  judge({about("a", "of one"), about("b", "of one, too")});
  const std::string before = text();
  EXPECT_THROW(judge({about("a", "of another"), about("b", "of another, too")}), DataError);
  EXPECT_EQ(text(), before);
}

TEST_F(Judging, AFullDiskLosesNothing) {
  judge(about(3));
  const std::string before = text();
  {
    const support::FileSizeLimit limit(before.size() + 50);
    EXPECT_THAT(error_text<IoError>([&] { judge(about(9)); }), HasSubstr("make room"));
  }
  EXPECT_EQ(text(), before);
  judge_.asked.clear();
  judge(about(9));
  EXPECT_EQ(judge_.asked.size(), 6U);
}

// Killed without a chance to do anything, at every request; what was saved is never asked again.
TEST_F(Judging, SurvivesKills) {
  int num_runs = 0;
  for (bool is_done = false; !is_done && num_runs < 20; ++num_runs) {
    const size_t before = fs::exists(options_.file) ? lines().size() : 0;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int count = 0;
      judge_.before_each = [&](const std::string&) {
        if (count++ == 3) ::kill(::getpid(), SIGKILL);
      };
      judge(about(8));
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    is_done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    EXPECT_EQ(lines().size(), std::min<size_t>(before + 3, 8));
    if (is_done) continue;
    // And a line that was written half.
    append_file(options_.file, reply_line(about("q7", "?"), "fake", {"x"}).text.substr(0, 40));
  }
  EXPECT_EQ(num_runs, 3);
  EXPECT_EQ(lines().back(), "q7=r content 7");
}

TEST_F(Judging, APlanAsksAndChangesNothing) {
  judge({about("a", "old"), about("b", "b"), about("z", "z")});
  judge_.asked.clear();
  append_file(options_.file, "{\"id\":\"torn");
  const std::string before = text();
  const auto made = plan({about("a", "newer"), about("b", "b"), about("c", "newer"),
                          about("d", "b"), about("e", "e")});
  EXPECT_EQ(made.num_requests, 5);
  EXPECT_EQ(made.num_kept, 1);
  EXPECT_EQ(made.num_repeated, 2);
  EXPECT_EQ(made.num_to_ask, 2);
  EXPECT_EQ(made.num_changed, 1);
  EXPECT_EQ(made.num_message_bytes, 6);
  EXPECT_EQ(made.num_others, 1);
  EXPECT_THAT(judge_.asked, IsEmpty());
  EXPECT_EQ(text(), before);
}

TEST_F(Judging, APlanNeedsNoFile) {
  EXPECT_EQ(plan(about(4)).num_to_ask, 4);
  EXPECT_FALSE(fs::exists(options_.file));
}

// What was recorded makes the same file again.
TEST_F(Judging, RecordedRepliesMakeTheSameFile) {
  judge(about(5));
  RecordedJudge recorded(options_.file);
  JudgingOptions options{.file = path("again.jsonl")};
  judge_requests(about(5), recorded, options);
  const auto again = read_reply_file(options.file);
  const auto first = read_reply_file(options_.file);
  ASSERT_EQ(again.size(), first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(again[i].text, first[i].text);
  }
}

}  // namespace
}  // namespace plumbline::judge
