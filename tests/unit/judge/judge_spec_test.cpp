#include "plumbline/judge/judge_spec.h"

#include <gmock/gmock.h>

#include "tests/unit/eval/eval_files.h"

namespace plumbline::judge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string complaint(const std::string& text) {
  try {
    parse_judge(text);
  } catch (const ConfigError& e) {
    return e.what();
  }
  ADD_FAILURE() << text << " is accepted";
  return {};
}

TEST(JudgeSpec, MayBeAService) {
  const auto spec = parse_judge(
      " https://host/v1  model=gpt-x key=JUDGE_KEY rpm=60 budget=500 budget_tokens=9 parallel=5 "
      "seed=-7 limit_field=max_completion_tokens timeout=30 retries=0 temperature=1 max_tokens=9 ");
  EXPECT_EQ(spec.kind, JudgeKind::Service);
  EXPECT_EQ(spec.service.url, "https://host/v1");
  EXPECT_EQ(spec.service.model.name, "gpt-x");
  EXPECT_EQ(spec.service.model.limit_field, "max_completion_tokens");
  EXPECT_EQ(spec.service.model.seed, -7);
  EXPECT_EQ(spec.service.key_variable, "JUDGE_KEY");
  EXPECT_EQ(spec.service.requests_per_minute, 60);
  EXPECT_EQ(spec.service.budget.requests, 500);
  EXPECT_EQ(spec.service.budget.tokens, 9);
  EXPECT_EQ(spec.service.parallel, 5);
  EXPECT_EQ(spec.service.timeout_seconds, 30);
  EXPECT_EQ(spec.service.retries.count, 0);
  EXPECT_EQ(spec.temperature, 1);
  EXPECT_EQ(spec.max_tokens, 9);
  EXPECT_EQ(spec.group_size, 20U);
  EXPECT_EQ(make_judge(spec)->name(), "gpt-x seed=-7");
}

TEST(JudgeSpec, AServiceNeedsItsModelOnly) {
  const auto spec = parse_judge("http://host model=a=b/c:d name=ours");
  EXPECT_EQ(spec.service.model.name, "a=b/c:d");
  EXPECT_EQ(spec.temperature, std::nullopt);
  EXPECT_EQ(spec.max_tokens, std::nullopt);
  EXPECT_EQ(make_judge(spec)->name(), "ours");
  EXPECT_THAT(complaint("http://host"), HasSubstr("expected model=NAME"));
}

TEST(JudgeSpec, MayBeACommand) {
  const auto spec = parse_judge("command timeout=5 retries=2 group=64: a=b: ./judge.sh 'x'  ");
  EXPECT_EQ(spec.kind, JudgeKind::Command);
  EXPECT_EQ(spec.command.line, "a=b: ./judge.sh 'x'");
  EXPECT_EQ(spec.command.timeout_seconds, 5);
  EXPECT_EQ(spec.command.retries.count, 2);
  EXPECT_EQ(spec.group_size, 64U);
  EXPECT_EQ(make_judge(parse_judge("command:./j"))->name(), "command: ./j");
  EXPECT_EQ(make_judge(parse_judge("command name=x: ./j"))->name(), "x");
}

TEST(JudgeSpec, MayBeRecorded) {
  const eval::EvalFiles files;
  const auto path = files.write("a b.jsonl", "{\"id\":1,\"reply\":\"r\"}\n");
  const auto spec = parse_judge("recorded: " + path);
  EXPECT_EQ(spec.kind, JudgeKind::Recorded);
  EXPECT_EQ(spec.path, path);
  EXPECT_EQ(make_judge(spec)->name(), "recorded");
  const auto named = make_judge(parse_judge("recorded name=x: " + path));
  EXPECT_EQ(named->name(), "x");
  EXPECT_EQ(named->reply({{.id = "1", .messages = {}}}), std::vector<std::string>{"r"});
}

TEST(JudgeSpec, MayBeLocal) {
  const auto spec = parse_judge("local temperature=0.5: runs/model");
  EXPECT_EQ(spec.kind, JudgeKind::Local);
  EXPECT_EQ(spec.path, "runs/model");
  EXPECT_EQ(spec.temperature, 0.5);
  EXPECT_THROW(make_judge(spec), InternalError);
}

TEST(JudgeSpec, MustBeOneOfThese) {
  for (const char* text : {"", "  ", "gpt-x", "host/v1 model=x", "commands: a", "command", ": a",
                           "ftp://host model=x"}) {
    EXPECT_THAT(complaint(text), HasSubstr("expected 'URL model=NAME ...'")) << text;
  }
  EXPECT_THAT(complaint("command:  "), HasSubstr("nothing after the colon"));
  EXPECT_THAT(complaint("http:// model=x"), HasSubstr("reading a URL"));
}

TEST(JudgeSpec, NamesTheKeysItKnows) {
  EXPECT_THAT(complaint("http://h model=x speed=3"),
              AllOf(HasSubstr("a key of: budget, "), HasSubstr("got 'speed'")));
  EXPECT_THAT(complaint("http://h model=x fast"), HasSubstr("got 'fast'"));
  EXPECT_THAT(complaint("command rpm=3: a"), HasSubstr("got 'rpm'"));
  EXPECT_THAT(complaint("http://h model=x model=y"), HasSubstr("expected one model=, got two"));
  EXPECT_THAT(complaint("http://h model="), HasSubstr("a value after model="));
}

TEST(JudgeSpec, ChecksNumbers) {
  for (const char* setting :
       {"rpm=0", "rpm=-1", "rpm=nan", "rpm=inf", "rpm=1x", "budget=0", "budget=1.5", "parallel=0",
        "parallel=65", "timeout=0", "retries=-1", "temperature=-0.1", "max_tokens=0", "group=0",
        "seed=a", "budget=99999999999999999999"}) {
    const std::string key = std::string(setting).substr(0, std::string(setting).find('='));
    EXPECT_THAT(complaint(std::string("http://h model=x ") + setting),
                HasSubstr("expected " + key + "= a number"))
        << setting;
  }
}

TEST(JudgeSpec, NeverShowsAKey) {
  for (const char* key : {"sk-abc123secret", "1secret", "a$secret", "abcsecret123"}) {
    EXPECT_THAT(complaint(std::string("http://h model=x key=") + key),
                AllOf(HasSubstr("the name of an environment variable"), Not(HasSubstr("secret"))));
  }
}

TEST(JudgeSpec, SettingsReplaceThoseOfTheBenchmark) {
  const std::vector<api::JudgeRequest> requests = {{.id = "1", .messages = {}, .temperature = 0.2}};
  EXPECT_EQ(with_settings(requests, {})[0].temperature, 0.2);
  EXPECT_EQ(with_settings(requests, {})[0].max_tokens, 1024);
  const auto changed = with_settings(requests, {.temperature = 1, .max_tokens = 7});
  EXPECT_EQ(changed[0].temperature, 1);
  EXPECT_EQ(changed[0].max_tokens, 7);
}

}  // namespace
}  // namespace plumbline::judge
