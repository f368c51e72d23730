#include "plumbline/study/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/base/random.h"
#include "plumbline/world/judge.h"
#include "tests/unit/study/toy_study.h"

namespace plumbline::study {
namespace {

using testing::HasSubstr;

const eval::BootstrapOptions kOptions{.samples = 50, .key = random_key(1, "test")};

Evidence read(const ToyStudy& toy, const std::vector<std::string>& variants = {"default"}) {
  return read_evidence(toy.layout, variants, ToyStudy::kSeeds, kOptions);
}

double of(const SeedStudy& study, const std::string& system, const std::string& figure) {
  return study.mean(system, figure).interval.value;
}

TEST(Evidence, AnswersAreJudgedByTheWorld) {
  const auto e = read(ToyStudy());
  EXPECT_EQ(of(e.answers, "SFT", "hallucination"), 1);
  EXPECT_EQ(of(e.answers, "RLHF", "hallucination"), 1);
  EXPECT_EQ(of(e.answers, "Fact-RLHF", "hallucination"), 0);
  EXPECT_EQ(of(e.finetunes, "SFT+", "hallucination"), 0);
  EXPECT_EQ(e.answers.mean("RLHF", "score").by_seed.size(), 2U);
}

TEST(Evidence, HeldOutPairsAreRankedWithTiesAsHalf) {
  const auto e = read(ToyStudy());
  EXPECT_EQ(of(e.rewards, "with facts", "accuracy"), 1);
  EXPECT_EQ(of(e.rewards, "without facts", "accuracy"), 0.75);
}

// Of all answers but yes/no, by hand: the toy's rewards differ by kind of policy, seed and place.
TEST(Evidence, GainsAreInDeviationsOfSftsScores) {
  const ToyStudy toy;
  const auto e = read(toy);
  for (const bool has_facts : {false, true}) {
    const auto gained = e.gains.mean(system_name(has_facts), "proxy_gained").by_seed;
    for (int64_t seed = 0; seed < ToyStudy::kSeeds; ++seed) {
      double sum = 0, squares = 0, gain = 0, count = 0;
      for (size_t i = 0; i < toy.items.size(); ++i) {
        if (toy.items[i].type == "yes_no") continue;
        const double before = ToyStudy::reward(i, has_facts, seed, false);
        sum += before;
        squares += before * before;
        gain += ToyStudy::reward(i, has_facts, seed, true) - before;
        ++count;
      }
      const double deviation = std::sqrt(squares / count - sum / count * (sum / count));
      EXPECT_NEAR(gained[static_cast<size_t>(seed)], gain / count / deviation, 1e-9)
          << has_facts << seed;
    }
  }
  EXPECT_NEAR(of(e.gains, "RLHF", "gold_gained"), 0, 1e-12);  // the same answers as SFT's
  double sum = 0, squares = 0, gain = 0, count = 0;
  for (const auto& line : toy.answer_lines(false)) {
    const auto item = std::find_if(toy.items.begin(), toy.items.end(),
                                   [&](const auto& one) { return one.id == line["id"]; });
    if (item->type == "yes_no") continue;
    const double before = world::judge(*item, line["answer"].get<std::string>()).score;
    sum += before;
    squares += before * before;
    gain += world::judge(*item, item->reference).score - before;
    ++count;
  }
  EXPECT_NEAR(of(e.gains, "Fact-RLHF", "gold_gained"),
              gain / count / std::sqrt(squares / count - sum / count * (sum / count)), 1e-9);
  EXPECT_EQ(e.gains.num_units(), 8U);  // pictures, of several questions each
  EXPECT_NEAR(of(e.gains, "Fact-RLHF", "gap"),
              of(e.gains, "Fact-RLHF", "proxy_gained") - of(e.gains, "Fact-RLHF", "gold_gained"),
              1e-12);
}

std::string error_of(const ToyStudy& toy) {
  try {
    read(toy);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Evidence, MissingAnswersAreNamed) {
  ToyStudy toy;
  auto lines = toy.answer_lines(true);
  const std::string missing = lines.back()["id"];
  lines.pop_back();
  formats::write_records((toy.layout / "study/answers/sft-seed0/answers.jsonl").string(), lines);
  EXPECT_THAT(error_of(toy),
              testing::AllOf(HasSubstr("a line for " + missing), HasSubstr("sft-seed0")));
}

TEST(Evidence, AnswersToOtherQuestionsAreRefused) {
  ToyStudy toy;
  const std::string file = (toy.layout / "study/answers/sft-seed0/answers.jsonl").string();
  auto lines = toy.answer_lines(true);
  lines[2]["question"] = "how are you?";
  formats::write_records(file, lines);
  EXPECT_THAT(error_of(toy), HasSubstr("got how are you?"));
  lines = toy.answer_lines(true);
  lines.push_back(lines[0]);
  formats::write_records(file, lines);
  EXPECT_THAT(error_of(toy), HasSubstr("each id once"));
  lines.back()["id"] = "another";
  formats::write_records(file, lines);
  EXPECT_THAT(error_of(toy), HasSubstr("lines for"));
}

TEST(Evidence, ScoresThatAreAllAlikeHaveNoUnit) {
  ToyStudy toy;
  std::vector<nlohmann::json> lines;
  for (const auto& item : toy.items) lines.push_back({{"id", item.id}, {"reward", 1.5}});
  formats::write_records(
      (toy.layout / Layout::proxy_of_sft("default", true, 1) / "scores.jsonl").string(), lines);
  EXPECT_THAT(error_of(toy),
              testing::AllOf(HasSubstr("scores that differ"), HasSubstr("Fact-RLHF")));
}

TEST(Evidence, LinesOfAnotherFormAreNamed) {
  ToyStudy toy;
  formats::write_records((toy.layout / "audit/pairs.jsonl").string(), {{{"model", 3}}});
  EXPECT_THAT(error_of(toy), HasSubstr("pairs.jsonl:1"));
}

}  // namespace
}  // namespace plumbline::study
