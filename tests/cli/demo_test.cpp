// The demo as a user runs it, at its quickest; and its page in a browser.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/browser.h"
#include "tests/support/process.h"
#include "tests/support/scratch.h"

namespace plumbline {
namespace {

using nlohmann::json;
using support::Outcome;
using support::plumbline;
using testing::AllOf;
using testing::HasSubstr;

class Demo : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = new support::ScratchFolder;
    outcome_ = new Outcome(plumbline(
        {"demo", "--quick", "--seeds", "2", "--variants", "paper", "--out", folder().string()}));
  }
  static void TearDownTestSuite() {
    delete outcome_;
    delete scratch_;
  }
  static fs::path folder() { return scratch_->path() / "demo"; }
  static Outcome resume(const fs::path& at = folder()) {
    return plumbline({"demo", "--quick", "--seeds", "2", "--variants", "paper", "--resume", "--out",
                      at.string()});
  }
  // With this content of a file in its folder, which is put back.
  static Outcome resume_with(const fs::path& file, const std::string& content) {
    const std::string before = read_file(file);
    write_file(file, content);
    Outcome outcome = resume();
    write_file(file, before);
    return outcome;
  }
  static json claims() { return json::parse(read_file(folder() / "claims.json")); }

  static support::ScratchFolder* scratch_;
  static Outcome* outcome_;
};
support::ScratchFolder* Demo::scratch_ = nullptr;
Outcome* Demo::outcome_ = nullptr;

TEST_F(Demo, RunsToTheEndAndSaysWhereItIs) {
  ASSERT_EQ(outcome_->exit_code, 0) << outcome_->err;
  EXPECT_THAT(outcome_->err, AllOf(HasSubstr("demo 1/"), HasSubstr(" left: data/sft")));
  EXPECT_THAT(outcome_->out, AllOf(HasSubstr("Fact-RLHF, 2 seeds"), HasSubstr("claims.json"),
                                   HasSubstr("report.html")));
}

TEST_F(Demo, ClaimsHaveFiguresIntervalsAndVerdicts) {
  const json record = claims();
  EXPECT_EQ(record["seeds"], 2);
  std::string ids;
  for (const json& claim : record["claims"]) {
    ids += claim["id"].get<std::string>();
    EXPECT_THAT(claim["verdict"], testing::AnyOf("holds", "fails", "undecided"));
    for (const json& m : claim["measures"]) {
      const json& d = m["difference"];
      EXPECT_EQ(d["seeds"].size(), 2U);
      EXPECT_LE(d["low"], d["value"]);
      EXPECT_GE(d["high"], d["value"]);
      EXPECT_NEAR(d["value"].get<double>(),
                  m["a_value"]["value"].get<double>() - m["b_value"]["value"].get<double>(), 1e-9);
    }
  }
  EXPECT_EQ(ids, "abcdefg");
  EXPECT_EQ(record["policies"].size(),
            8U);  // SFT, two policies, two of `paper`, three fine-tunings
}

// The first seed's figures are those that `eval` found in its answers.
TEST_F(Demo, FiguresAreThoseOfTheStagesAlone) {
  int compared = 0;
  const json figures =
      json::parse(read_file(folder() / "study/answers/default-facts-seed0/figures.json"));
  const json record = claims();
  for (const json& policy : record["policies"]) {
    if (policy["policy"] != "Fact-RLHF") continue;
    for (const char* name : {"hallucination", "score", "coverage", "f1"}) {
      EXPECT_NEAR(policy["figures"][name]["seeds"][0].get<double>(),
                  figures["figures"][name]["value"].get<double>(), 1e-9)
          << name;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 4);
}

TEST_F(Demo, ResumingLeavesWhatIsDone) {
  const json before = json::parse(read_file(folder() / "ppo-facts/run.json"));
  fs::remove_all(folder() / "study/answers/paper-facts-seed1");
  const Outcome o = resume();
  ASSERT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.err, HasSubstr("ppo-facts is done"));
  EXPECT_EQ(json::parse(read_file(folder() / "ppo-facts/run.json")), before);
  EXPECT_TRUE(fs::exists(folder() / "study/answers/paper-facts-seed1/answers.jsonl"));
  // What had read them is made anew, too.
  EXPECT_THAT(o.err, AllOf(HasSubstr("left: study/proxy/paper-facts-seed1"),
                           HasSubstr("study/proxy/paper-facts-seed0 is done")));
}

TEST_F(Demo, ResumingWithOtherSettingsIsRefused) {
  const Outcome o = plumbline({"demo", "--quick", "--seeds", "2", "--variants", "paper", "--resume",
                               "--set", "ppo.clip_range=0.3", "--out", folder().string()});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("clip_range"));
}

TEST_F(Demo, SettingsThatItMustSetItselfAreRefused) {
  for (const char* setting : {"reward.facts=true", "world.num_images=3", "ppo.lambda=0.5"}) {
    const Outcome o = plumbline({"demo", "--quick", "--variants", "paper", "--set", setting,
                                 "--out", (*scratch_) / "other"});
    EXPECT_EQ(o.exit_code, 2) << setting;
    EXPECT_THAT(o.err, HasSubstr("settings that it leaves open")) << setting;
  }
}

TEST_F(Demo, AnEarlierRunIsNotWrittenOver) {
  const Outcome o = plumbline({"demo", "--quick", "--out", folder().string()});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("--resume continues it, --force starts anew"));
}

TEST_F(Demo, AStageWithoutItsResultIsMadeAnew) {
  const json before = claims()["claims"];
  fs::remove(folder() / "study/proxy/paper-plain-seed1/scores.jsonl");
  const Outcome o = resume();
  ASSERT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.err, HasSubstr("left: study/proxy/paper-plain-seed1"));
  EXPECT_EQ(claims()["claims"], before);
}

TEST_F(Demo, ADamagedStageIsNamed) {
  const Outcome o = resume_with(folder() / "sample/run.json", "");
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, AllOf(HasSubstr("demo/sample"), HasSubstr("move it away")));
}

TEST_F(Demo, AnotherContentOfWhatAStageHasReadIsRefused) {
  const fs::path file = folder() / "study/answers/paper-plain-seed0/answers.jsonl";
  std::string other = read_file(file);
  other[other.find("\"answer\":\"") + 10] = 'X';  // as long as it was
  const Outcome o = resume_with(file, other);
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("proxy/paper-plain-seed0"));
}

TEST_F(Demo, WhatACompleteStageHasLostIsNamed) {
  const Outcome o = resume_with(folder() / "sft/model/model.safetensors", "");
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, AllOf(HasSubstr("model/model.safetensors"), HasSubstr("demo/sft")));
}

TEST_F(Demo, GoesOnWhereItWasMovedTo) {
  const fs::path moved = (*scratch_) / "moved";
  fs::rename(folder(), moved);
  const Outcome o = resume(moved);
  fs::rename(moved, folder());
  EXPECT_EQ(o.exit_code, 0) << o.err;
  EXPECT_THAT(o.err, HasSubstr("ppo-facts is done"));
}

// A folder of this name says nothing yet.
TEST_F(Demo, DataOfSomebodyElseIsLeftAlone) {
  const fs::path other = (*scratch_) / "photos";
  make_folders(other / "data/sft");
  write_file(other / "data/sft/family.jpg", "precious");
  for (const char* flag : {"--resume", "--force"}) {
    const Outcome o = plumbline({"demo", "--quick", flag, "--out", other.string()});
    EXPECT_EQ(o.exit_code, 2);
    EXPECT_THAT(o.err, HasSubstr("not a demo's"));
  }
  EXPECT_EQ(read_file(other / "data/sft/family.jpg"), "precious");
}

TEST_F(Demo, WhatALateStageWouldFindIsFoundFirst) {
  for (const char* setting : {"lora.targets=[\"nope\"]", "generation.max_tokens=100000"}) {
    const Outcome o =
        plumbline({"demo", "--quick", "--set", setting, "--out", (*scratch_) / "other"});
    EXPECT_NE(o.exit_code, 0) << setting;
    EXPECT_FALSE(fs::exists((*scratch_) / "other")) << setting;
  }
}

TEST_F(Demo, OtherFoldersAndFilesAreLeftAlone) {
  const fs::path other = (*scratch_) / "not-a-demo";
  make_folders(other);
  write_file(other / "report.html", "precious");
  for (const char* flag : {"--resume", "--force"}) {
    const Outcome o = plumbline({"demo", "--quick", flag, "--out", other.string()});
    EXPECT_EQ(o.exit_code, 2);
    EXPECT_THAT(o.err, HasSubstr("not a demo's"));
  }
  EXPECT_EQ(read_file(other / "report.html"), "precious");
  EXPECT_THAT(plumbline({"demo", "--quick", "--out", (other / "report.html").string()}).err,
              HasSubstr("got a file"));
  // Nor is the model it starts from.
  const Outcome o =
      plumbline({"demo", "--quick", "--force", "--set",
                 "demo.base=" + (folder() / "sft/model").string(), "--out", folder().string()});
  EXPECT_THAT(o.err, HasSubstr("outside of it"));
  EXPECT_TRUE(fs::exists(folder() / "sft/model"));
}

TEST_F(Demo, TwoDoNotWriteOneFolder) {
  const int held = ::open((folder() / ".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  const Outcome o = plumbline({"demo", "--quick", "--force", "--out", folder().string()});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("no other process uses"));
  EXPECT_TRUE(fs::exists(folder() / "claims.json"));
  ::close(held);
}

TEST_F(Demo, UnknownVariantsAreRefusedBeforeAnythingStarts) {
  const Outcome o = plumbline({"demo", "--variants", "weak", "--out", (*scratch_) / "other"});
  EXPECT_EQ(o.exit_code, 2);
  EXPECT_THAT(o.err, HasSubstr("weak-kl"));
  EXPECT_FALSE(fs::exists((*scratch_) / "other"));
}

// Its other commands take what the demo leaves.
TEST_F(Demo, OtherCommandsTakeItsFolders) {
  const std::string at = folder().string();
  const Outcome score =
      plumbline({"score", "--reward", at + "/reward-plain/adapter", "--conversation", "brief",
                 "--images", at + "/data/benchmark/images", "--in", at + "/eval-sft/answers.jsonl",
                 "--out", (*scratch_) / "scores"});
  EXPECT_EQ(score.exit_code, 0) << score.err;
  EXPECT_EQ(score.out, "");
  const auto lines = read_file(fs::path((*scratch_) / "scores") / "scores.jsonl");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 24 * 7);
}

TEST_F(Demo, AnswersThatAreResumedAreMadeInOneWay) {
  const std::string data = (folder() / "data/benchmark").string();
  const fs::path out = (*scratch_) / "answers", file = out / "answers.jsonl";
  const auto answer = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"eval",
                                          "answer",
                                          "world",
                                          "--questions",
                                          data + "/benchmark.jsonl",
                                          "--images",
                                          data + "/images",
                                          "--model",
                                          (folder() / "sft/model").string(),
                                          "--conversation",
                                          "brief",
                                          "--out",
                                          out.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return plumbline(arguments);
  };
  const Outcome whole = answer({});
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const std::string all = read_file(file);
  auto run = json::parse(read_file(out / "run.json"));
  run.erase("finished");
  write_file(out / "run.json", run.dump());
  const std::string some = all.substr(0, all.find('\n', all.size() / 2) + 1);
  write_file(file, some + some.substr(0, some.find('\n') + 1));  // one of them twice

  const Outcome other = answer({"--resume", "--set", "generation.temperature=1"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("expected temperature 0"));
  const Outcome same = answer({"--resume"});
  ASSERT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(read_file(file), all);
}

class Page : public Demo {
 protected:
  void SetUp() override {
    const auto program = support::find_browser();
    if (!program) GTEST_SKIP() << "chromium is not installed";
    ASSERT_EQ(outcome_->exit_code, 0);
    browser_.emplace(*program);
    browser_->resize(1200, 900);
    browser_->emulate("light");
    browser_->open(folder() / "report.html");
  }
  // Kept where PLUMBLINE_SCREENSHOTS says, to be looked at.
  void keep(const std::string& name) {
    const std::string picture = browser_->screenshot();
    EXPECT_EQ(picture.substr(1, 3), "PNG");
    if (const char* where = std::getenv("PLUMBLINE_SCREENSHOTS")) {
      write_file(fs::path(where) / (name + ".png"), picture);
    }
  }
  std::optional<support::Browser> browser_;
};

// How light a colour such as "rgb(1, 2, 3)" is, and how far apart two are: W3C's contrast.
constexpr const char* kContrast = R"((() => {
  const light = c => { const v = c.match(/[\d.]+/g).slice(0, 3).map(x => x / 255)
    .map(x => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4); return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
  const back = getComputedStyle(document.body).backgroundColor;
  let least = 99;
  for (const e of document.querySelectorAll('h1, p, td, th, small, mark, summary, svg text, code')) {
    const style = getComputedStyle(e);
    const ink = e instanceof SVGElement ? style.fill : style.color;
    let ground = back;
    for (let p = e; p; p = p.parentElement) {
      const own = getComputedStyle(p).backgroundColor;
      if (own !== 'rgba(0, 0, 0, 0)') { ground = own; break; }
    }
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    least = Math.min(least, (a + 0.05) / (b + 0.05));
  }
  return least;
})())";

TEST_F(Page, HasNoErrorsAndLoadsNothing) {
  EXPECT_THAT(browser_->errors(), testing::IsEmpty());
  EXPECT_EQ(browser_->evaluate("performance.getEntriesByType('resource').filter(r => "
                               "!r.name.startsWith('data:')).length"),
            0);
  EXPECT_GT(browser_->evaluate("document.querySelectorAll('svg').length").get<int>(), 8);
  EXPECT_EQ(browser_->evaluate("[...document.images].filter(i => !i.naturalWidth).length"), 0);
  keep("report");
}

TEST_F(Page, FactsOpenWithAClick) {
  const auto num_open = [&] {
    return browser_->evaluate("document.querySelectorAll('.example details[open]').length")
        .get<int>();
  };
  const int before = num_open();
  browser_->evaluate("document.querySelector('.example details:not([open])').id = 'closed'");
  browser_->click("#closed summary");
  EXPECT_EQ(num_open(), before + 1);
  EXPECT_GT(browser_->evaluate("document.querySelector('#closed li').offsetHeight").get<double>(),
            10);
  keep("examples");
}

TEST_F(Page, CanBeReadInLightAndDark) {
  EXPECT_GE(browser_->evaluate(kContrast).get<double>(), 4.5);
  browser_->emulate("dark");
  EXPECT_GE(browser_->evaluate(kContrast).get<double>(), 4.5);
  const json back = browser_->evaluate("getComputedStyle(document.body).backgroundColor");
  EXPECT_EQ(back, "rgb(23, 25, 27)");
  keep("dark");
}

TEST_F(Page, FitsAPhone) {
  browser_->resize(375, 800);
  EXPECT_LE(browser_->evaluate("document.documentElement.scrollWidth").get<int>(), 375);
  keep("phone");
}

TEST_F(Page, CanBePrinted) {
  browser_->emulate("dark", "print");
  EXPECT_EQ(browser_->evaluate("getComputedStyle(document.body).backgroundColor"),
            "rgb(255, 255, 255)");
  EXPECT_THAT(browser_->pdf(), testing::StartsWith("%PDF"));
}

TEST_F(Page, IsValidHtml) {
  if (!fs::exists("/usr/bin/tidy")) GTEST_SKIP() << "tidy is not installed";
  const Outcome o = support::run({"tidy", "-q", "-e", (folder() / "report.html").string()});
  EXPECT_EQ(o.exit_code, 0) << o.err;
}

}  // namespace
}  // namespace plumbline
