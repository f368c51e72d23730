#include "plumbline/train/loop.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <limits>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/formats/metrics_lines.h"
#include "tests/support/scratch.h"

namespace plumbline::train {
namespace {

class LoopTest : public support::Scratch {
 protected:
  void SetUp() override {
    set_log_level(LogLevel::Warning);
    loaded_ = config::load(
        std::nullopt, {"run.out=" + path("run"), "optimizer.lr=0.1", "run.checkpoint_every=2"});
  }
  // A run of six steps that stops before step `stop`; held-out losses by step, in `losses`.
  void run(bool resume, int64_t stop, double bad_loss = 0) {
    Trainable trainable("test", {{"w", at::ones({2, 3})}}, loaded_.config.optimizer);
    const auto alone = parallel::make_local();
    Loop loop({.stage = "test",
               .label = "test",
               .eval_every = 1,
               .evaluates_first = evaluates_first_,
               .best_by = best_by_,
               .patience = patience_,
               .open = {.resume = resume}},
              loaded_, trainable, *alone);
    loop.evaluate_with([&] {
      if (loop.step() == fails_at_)
        throw IoError(Complaint{.component = "test", .doing = "failing"});
      const int64_t place = loop.step() - (evaluates_first_ ? 0 : 1);
      return Metrics{{"eval/loss", held_out_.at(static_cast<size_t>(place))}};
    });
    loop.save_with(
        [&](const fs::path& folder) { write_file(folder / "model", std::to_string(loop.step())); });
    loop.remember_with(
        [&] {
          return nlohmann::json{{"seen", seen_}};
        },
        [&](const nlohmann::json& memory) { seen_ = memory.at("seen"); });
    loop.begin(6);
    first_step_ = loop.step();
    while (!loop.is_done()) {
      if (loop.step() == stop) return;
      trainable.zero_grad();
      ++seen_;
      const at::Tensor w = trainable.parameters().at("w");
      (w * w).sum().backward();
      const double loss = loop.step() == 3 && bad_loss != 0 ? bad_loss : 1.0;
      loop.end_step({{"loss", loss}}, 10, "examples x, y");
    }
    loop.finish("result");
  }
  std::vector<double> figures(const std::string& name) const {
    std::vector<double> values;
    for (const auto& entry : formats::read_metrics(folder_ / "run/metrics.jsonl")) {
      values.push_back(entry.metrics.at(name));
    }
    return values;
  }

  int64_t seen_ = 0;  // steps, as the stage remembers them
  bool evaluates_first_ = false;
  int64_t fails_at_ = -1;
  config::Loaded loaded_;
  std::vector<double> held_out_ = {5, 3, 4, 2, 2.5, 2.6};
  int64_t first_step_ = -1;
  BestBy best_by_ = {};
  int64_t patience_ = 0;
};

TEST_F(LoopTest, WritesMetricsResultAndTheBest) {
  run(false, -1);
  EXPECT_EQ(figures("eval/loss"), held_out_);
  EXPECT_EQ(read_file(folder_ / "run/result/model"), "6");
  EXPECT_EQ(read_file(folder_ / "run/best/model"), "4");
  EXPECT_EQ(parse_json(read_file(folder_ / "run/best/state.json"), "")["eval/loss"], 2);
  EXPECT_TRUE(RunFolder::is_finished(folder_ / "run"));
}

TEST_F(LoopTest, LosesPatienceAndKeepsTheBest) {
  patience_ = 2;
  held_out_ = {5, 3, 4, 3, 1, 1};
  run(false, -1);
  EXPECT_EQ(figures("eval/loss"), (std::vector<double>{5, 3, 4, 3})) << "equal is not better";
  EXPECT_EQ(read_file(folder_ / "run/result/model"), "2");
  EXPECT_FALSE(fs::exists(folder_ / "run/result/state.json"));
}

TEST_F(LoopTest, PatienceIsCountedAcrossAnInterruption) {
  patience_ = 3;
  held_out_ = {5, 3, 4, 4, 4, 1};
  run(false, 5);  // the last checkpoint is that of step 4
  run(true, -1);
  EXPECT_EQ(first_step_, 4);
  EXPECT_EQ(figures("eval/loss").size(), 5U);
  EXPECT_EQ(read_file(folder_ / "run/result/model"), "2");
}

TEST_F(LoopTest, AHigherFigureMayBeTheBetterOne) {
  best_by_ = {.figure = "eval/loss", .higher = true};
  run(false, -1);
  EXPECT_EQ(read_file(folder_ / "run/best/model"), "1");
}

TEST_F(LoopTest, GoesOnWhereItStoppedAndRemembersTheBest) {
  run(false, -1);
  const auto whole = figures("grad_norm");
  fs::remove_all(folder_ / "run");
  held_out_ = {5, 1, 4, 2, 2.5, 2.6};
  run(false, 3);
  run(true, -1);
  EXPECT_EQ(first_step_, 2);
  EXPECT_EQ(figures("grad_norm"), whole);
  EXPECT_EQ(read_file(folder_ / "run/best/model"), "2") << "no later one is better";
}

TEST_F(LoopTest, ABadFigureNamesTheExamplesAndChangesNothing) {
  try {
    run(false, -1, std::numeric_limits<double>::quiet_NaN());
    FAIL();
  } catch (const NumericError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("step 3"));
    EXPECT_THAT(e.what(), testing::HasSubstr("examples x, y"));
  }
  EXPECT_EQ(figures("loss").size(), 3U);
  run(true, -1);
  EXPECT_EQ(first_step_, 2);
}

TEST_F(LoopTest, AStageRemembersWhatItMust) {
  run(false, 5);
  EXPECT_EQ(seen_, 5);
  run(true, 6);
  EXPECT_EQ(first_step_, 4) << "the newest checkpoint";
  EXPECT_EQ(seen_, 6) << "4 of the checkpoint and 2 more";
}

TEST_F(LoopTest, MayBeEvaluatedBeforeTheFirstStepOnceOnly) {
  evaluates_first_ = true;
  held_out_ = {9, 8, 7, 6, 5, 4, 3};
  run(false, 1);  // without a checkpoint
  run(true, 6);
  EXPECT_EQ(figures("eval/loss"), held_out_);
}

// The step before is done: resuming evaluates it, and does it not again.
TEST_F(LoopTest, AnEvaluationThatFailsLosesNoStep) {
  fails_at_ = 3;
  EXPECT_THROW(run(false, 6), IoError);
  fails_at_ = -1;
  run(true, 6);
  EXPECT_EQ(first_step_, 3);
  EXPECT_EQ(figures("eval/loss"), held_out_) << "every step once";
  EXPECT_EQ(figures("loss").size(), 6U);
}

TEST_F(LoopTest, AnErrorBeforeAStepKeepsTheStepsBefore) {
  const auto alone = parallel::make_local();
  Trainable trainable("test", {{"w", at::ones({2, 3})}}, loaded_.config.optimizer);
  Loop loop({.stage = "test", .label = "test"}, loaded_, trainable, *alone);
  loop.begin(6);
  trainable.zero_grad();
  trainable.parameters().at("w").sum().backward();
  loop.end_step({{"loss", 1.0}}, 10, "");
  EXPECT_THROW(
      loop.interruptible([] { throw IoError(Complaint{.component = "test", .doing = "failing"}); }),
      IoError);
  EXPECT_TRUE(fs::exists(folder_ / "run/checkpoints/step-000001"));
}

}  // namespace
}  // namespace plumbline::train
