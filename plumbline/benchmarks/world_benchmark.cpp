#include "plumbline/benchmarks/world_benchmark.h"

#include "plumbline/eval/world_scoring.h"

namespace plumbline::benchmarks {
namespace {

eval::Scoring score(const eval::EvalRequest& request) {
  const auto items = world::read_benchmark(request.file("questions"));
  std::vector<eval::Asked> asked;
  for (const auto& item : items) {
    asked.push_back({.id = item.id, .question = item.question, .image = item.image});
  }
  std::vector<std::string> texts;
  for (auto& answer :
       eval::join(asked, eval::read_answer_file(request.file("answers")), request.join,
                  {request.file("questions"), request.file("answers")})) {
    texts.push_back(std::move(answer.text));
  }
  return eval::world_scoring(eval::rate(items, texts));
}

std::vector<eval::Prompt> prompts(const eval::EvalRequest& request) {
  std::vector<eval::Prompt> prompts;
  for (const auto& item : world::read_benchmark(request.file("questions"))) {
    prompts.push_back(
        {.id = item.id, .image = item.image, .question = item.question, .max_tokens = 96});
  }
  return prompts;
}

}  // namespace

eval::Benchmark world_benchmark() {
  return {.name = "world",
          .title = "The synthetic world: MMHal-Bench's types, POPE's questions, CHAIR",
          .reports = "hallucination, score 0-6, yes/no F1, CHAIR, coverage, by type; exact",
          .inputs = {{"questions", "benchmark.jsonl of `plumbline world`"},
                     {"answers", "JSONL {id, answer}"}},
          .score = score,
          .prompts = prompts};
}

}  // namespace plumbline::benchmarks
