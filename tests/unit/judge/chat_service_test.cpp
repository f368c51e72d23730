#include "plumbline/judge/chat_service.h"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/clock.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "tests/support/scratch.h"
#include "tests/support/test_server.h"

namespace plumbline::judge {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;
using support::error_text;
using support::FirstTime;
using support::says;
using support::sleep_seconds;
using support::TestServer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Requests = std::vector<api::JudgeRequest>;

constexpr remote::Retries kAtOnce{.count = 3, .first_wait_seconds = 0};

api::JudgeRequest about(const std::string& id) {
  return {.id = id, .messages = {{"user", "Rate " + id}}};
}

Requests about(int count) {
  Requests requests;
  for (int i = 0; i < count; ++i) requests.push_back(about("q" + std::to_string(i)));
  return requests;
}

std::string completion(const std::string& content, int num_tokens = 10) {
  return json{{"model", "judge-x-2025"},
              {"choices", {{{"message", {{"role", "assistant"}, {"content", content}}}}}},
              {"usage", {{"total_tokens", num_tokens}}}}
      .dump();
}

// What the last message of a request says.
std::string question_of(const Request& request) {
  return json::parse(request.body)["messages"].back()["content"];
}

// Says what it is asked.
void echo(const Request& request, Response& reply) {
  reply.set_content(completion(question_of(request)), "application/json");
}

ChatOptions options_of(const TestServer& server) {
  return {.url = server.url("/v1"), .model = {.name = "judge-x"}, .retries = kAtOnce};
}

TEST(ChatService, AnswersInOrder) {
  for (const int parallel : {1, 4}) {
    const TestServer server([](const Request& request, Response& reply) {
      if (question_of(request) == "Rate q0") sleep_seconds(0.1);
      echo(request, reply);
    });
    auto options = options_of(server);
    options.parallel = parallel;
    ChatService judge(options);
    EXPECT_THAT(judge.reply(about(3)), ElementsAre("Rate q0", "Rate q1", "Rate q2"));
    EXPECT_EQ(server.num_requests(), 3);
  }
}

TEST(ChatService, SendsWhatTheReferenceAsksFor) {
  std::string path, body;
  const TestServer server([&](const Request& request, Response& reply) {
    path = request.path;
    body = request.body;
    echo(request, reply);
  });
  ChatService(options_of(server)).reply({about("q")});
  EXPECT_EQ(path, "/v1/chat/completions");
  EXPECT_EQ(body, chat_body({.name = "judge-x"}, about("q")));
}

TEST(ChatService, HasTheNameOfItsModel) {
  ChatOptions options{.url = "http://host", .model = {.name = "judge-x"}};
  EXPECT_EQ(ChatService(options).name(), "judge-x");
  options.model.seed = 3;
  EXPECT_EQ(ChatService(options).name(), "judge-x seed=3");
  options.name = "ours";
  EXPECT_EQ(ChatService(options).name(), "ours");
}

TEST(ChatService, TakesWhatTheServiceSaysItIs) {
  const TestServer server(echo);
  ChatService judge(options_of(server));
  judge.reply_each({about("q")}, [](size_t, const api::JudgeReply& reply) {
    EXPECT_EQ(reply.model, "judge-x-2025");
  });
}

TEST(ChatService, TellsWhenTheModelChanges) {
  const TestServer server([is_first = FirstTime()](const Request&, Response& reply) {
    json body = json::parse(completion("a"));
    body["model"] = is_first() ? "old" : "new";
    reply.set_content(body.dump(), "application/json");
  });
  ChatService judge(options_of(server));
  testing::internal::CaptureStderr();
  judge.reply(about(3));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("The service now answers as 'new', before as 'old'"));
}

TEST(ChatService, MustHaveAUrl) {
  EXPECT_THROW(ChatService({.url = "host", .model = {.name = "x"}}), ConfigError);
}

TEST(ChatServiceFailures, AreTriedAgain) {
  for (const int status : {429, 500, 503}) {
    const TestServer server([=, is_first = FirstTime()](const Request& request, Response& reply) {
      echo(request, reply);
      if (is_first()) reply.status = status;
    });
    EXPECT_THAT(ChatService(options_of(server)).reply({about("q")}), ElementsAre("Rate q"));
    EXPECT_EQ(server.num_requests(), 2);
  }
}

TEST(ChatServiceFailures, WaitAsLongAsTheServiceAsks) {
  const TestServer server([is_first = FirstTime()](const Request& request, Response& reply) {
    echo(request, reply);
    if (!is_first()) return;
    reply.status = 429;
    reply.set_header("Retry-After", "0.3");
  });
  const Stopwatch watch;
  ChatService(options_of(server)).reply({about("q")});
  EXPECT_GE(watch.seconds(), 0.3);
}

TEST(ChatServiceFailures, NameTheRequest) {
  const TestServer server(says("down", 500));
  ChatService judge(options_of(server));
  EXPECT_THAT(error_text<IoError>([&] { judge.reply({about("q8")}); }),
              HasSubstr("asking about 'q8': expected status 200, got 500 and 'down'"));
  EXPECT_EQ(server.num_requests(), 4);
}

TEST(ChatServiceFailures, MayBeTooSlow) {
  const TestServer server([](const Request& request, Response& reply) {
    sleep_seconds(0.4);
    echo(request, reply);
  });
  auto options = options_of(server);
  options.timeout_seconds = 0.1;
  options.retries.count = 0;
  EXPECT_THAT(error_text<IoError>([&] { ChatService(options).reply({about("q8")}); }),
              HasSubstr("asking about 'q8': expected a reply within 0.1 seconds"));
}

// The service says 200, and it is none.
TEST(ChatServiceLies, AreNotBelievedNorAskedAgain) {
  for (const char* lie :
       {"<html>busy</html>", "{}", R"({"choices":[]})", R"({"choices":[{"message":{}}]})",
        R"({"choices":[{"message":{"content":null}}]})", R"({"error":{"message":"no"}})",
        R"({"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]})"}) {
    const TestServer server(says(lie));
    ChatService judge(options_of(server));
    EXPECT_THAT(error_text<DataError>([&] { judge.reply({about("q8")}); }),
                AllOf(HasSubstr("asking about 'q8'"), HasSubstr(lie)));
    EXPECT_EQ(server.num_requests(), 1) << lie;
  }
}

TEST(ChatServiceLies, DoNotStopTheOthers) {
  const TestServer server([](const Request& request, Response& reply) {
    if (question_of(request) == "Rate q1") return reply.set_content("{}", "application/json");
    echo(request, reply);
  });
  ChatService judge(options_of(server));
  std::set<size_t> taken;
  EXPECT_THROW(
      judge.reply_each(about(4), [&](size_t i, const api::JudgeReply&) { taken.insert(i); }),
      DataError);
  EXPECT_EQ(taken, (std::set<size_t>{0, 2, 3}));
}

class Key : public testing::Test {
 protected:
  Key() { ::setenv("PLUMBLINE_TEST_JUDGE_KEY", "open-sesame-1", 1); }
  ~Key() override { ::unsetenv("PLUMBLINE_TEST_JUDGE_KEY"); }

  static ChatOptions with_key(const TestServer& server) {
    auto options = options_of(server);
    options.key_variable = "PLUMBLINE_TEST_JUDGE_KEY";
    options.retries.count = 1;
    return options;
  }
};

TEST_F(Key, IsSent) {
  std::string received;
  const TestServer server([&](const Request& request, Response& reply) {
    received = request.get_header_value("Authorization");
    echo(request, reply);
  });
  ChatService(with_key(server)).reply({about("q")});
  EXPECT_EQ(received, "Bearer open-sesame-1");
}

TEST_F(Key, IsNeverShown) {
  for (const int status : {200, 401, 500}) {
    const TestServer server(says("bad key open-sesame-1", status));
    ChatService judge(with_key(server));
    testing::internal::CaptureStderr();
    const auto text = error_text<Error>([&] { judge.reply({about("q")}); });
    EXPECT_THAT(testing::internal::GetCapturedStderr(), Not(HasSubstr("open-sesame")));
    EXPECT_THAT(text, AllOf(HasSubstr("bad key [key]"), Not(HasSubstr("open-sesame"))));
  }
}

TEST_F(Key, IsNotInAReply) {
  const TestServer server(says(completion("the key is open-sesame-1")));
  EXPECT_THAT(ChatService(with_key(server)).reply({about("q")}), ElementsAre("the key is [key]"));
}

TEST(ChatServiceLimits, SlowItDown) {
  const TestServer server(echo);
  auto options = options_of(server);
  options.requests_per_minute = 1200;
  options.parallel = 4;
  const Stopwatch watch;
  ChatService(options).reply(about(5));
  EXPECT_GE(watch.seconds(), 0.199);
}

TEST(ChatServiceLimits, EndTheRequests) {
  const TestServer server(echo);
  auto options = options_of(server);
  options.budget.requests = 3;
  ChatService judge(options);
  std::set<size_t> taken;
  EXPECT_THROW(
      judge.reply_each(about(5), [&](size_t i, const api::JudgeReply&) { taken.insert(i); }),
      BudgetReached);
  EXPECT_EQ(taken, (std::set<size_t>{0, 1, 2}));
  EXPECT_EQ(server.num_requests(), 3);
}

TEST(ChatServiceLimits, CountFailedAttempts) {
  const TestServer server(says("down", 500));
  auto options = options_of(server);
  options.budget.requests = 2;
  EXPECT_THROW(ChatService(options).reply(about(5)), BudgetReached);
  EXPECT_EQ(server.num_requests(), 2);
}

TEST(ChatServiceLimits, EndTheTokens) {
  const TestServer server(echo);
  auto options = options_of(server);
  options.budget.tokens = 25;
  ChatService judge(options);
  EXPECT_THROW(judge.reply(about(5)), BudgetReached);
  EXPECT_EQ(server.num_requests(), 3);
  EXPECT_EQ(judge.spent(), "3 requests, 30 tokens");
}

TEST(ChatServiceInterrupt, KeepsWhatIsUnderWay) {
  watch_signals();
  const TestServer server([](const Request& request, Response& reply) {
    if (question_of(request) == "Rate q1") ::kill(::getpid(), SIGINT);
    sleep_seconds(0.2);
    echo(request, reply);
  });
  ChatService judge(options_of(server));
  std::set<size_t> taken;
  EXPECT_THROW(
      judge.reply_each(about(9), [&](size_t i, const api::JudgeReply&) { taken.insert(i); }),
      Interrupted);
  EXPECT_EQ(taken, (std::set<size_t>{0, 1}));
  EXPECT_EQ(server.num_requests(), 2);
  EXPECT_EQ(take_interrupt(), SIGINT);
}

}  // namespace
}  // namespace plumbline::judge
