#include "plumbline/benchmarks/world_benchmark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/world/benchmark.h"
#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

class WorldBenchmark : public testing::Test {
 protected:
  WorldBenchmark() {
    // Of its two objects none is a cup.
    world::Scene scene;
    scene.kinds = {{.category = 1, .cells = {0}}};
    world::BenchmarkItem question{.id = "q",
                                  .image = "a.png",
                                  .type = "yes_no",
                                  .question = "is there a cup?",
                                  .reference = "no, there is no cup.",
                                  .expected = "no",
                                  .subject = 0,
                                  .sampling = "random",
                                  .scene = scene};
    world::write_benchmark(questions_, {question});
  }
  eval::Scoring score(const std::string& answer) {
    const auto answers = files_.write(
        "a.jsonl", "{\"id\":\"q\",\"question\":\"is there a cup?\",\"answer\":\"" + answer + "\"}");
    return benchmark_.score(
        request_of(benchmark_, {{"questions", questions_}, {"answers", answers}}));
  }

  eval::EvalFiles files_;
  std::string questions_ = files_.path("benchmark.jsonl");
  eval::Benchmark benchmark_ = world_benchmark();
};

TEST_F(WorldBenchmark, ReadsAnswersById) {
  EXPECT_EQ(eval::figure(score("no."), "accuracy"), 1);
  EXPECT_EQ(eval::figure(score("yes, there is a cup."), "accuracy"), 0);
  EXPECT_EQ(eval::figure(score("yes, there is a cup."), "yes_rate"), 1);
  EXPECT_EQ(eval::printed_figure(score("no."), "chair_i"), "n/a");
}

TEST_F(WorldBenchmark, AsksWhatTheFileAsks) {
  const auto prompts = benchmark_.prompts(request_of(benchmark_, {{"questions", questions_}}));
  ASSERT_EQ(prompts.size(), 1u);
  EXPECT_EQ(prompts[0].question, "is there a cup?");
  EXPECT_EQ(prompts[0].image, "a.png");
}

}  // namespace
}  // namespace plumbline::benchmarks
