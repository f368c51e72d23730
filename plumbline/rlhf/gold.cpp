#include "plumbline/rlhf/gold.h"

#include "plumbline/base/error.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/roles.h"
#include "plumbline/eval/rated_answers.h"
#include "plumbline/rlhf/rollout.h"
#include "plumbline/rlhf/team.h"
#include "plumbline/rlhf/user_terms.h"

namespace plumbline::rlhf {
namespace {

// Sums over the answers of a process.
struct Sums {
  double score = 0, hallucinated = 0, coverage = 0, described = 0;
};

Sums by_world(const std::vector<world::BenchmarkItem>& items,
              const std::vector<std::string>& answers) {
  Sums sums;
  for (const auto& answer : eval::rate(items, answers)) {
    sums.score += answer.verdict.score;
    sums.hallucinated += answer.verdict.is_hallucinated ? 1 : 0;
    if (answer.item.type != "description") continue;
    sums.coverage += answer.verdict.coverage;
    ++sums.described;
  }
  return sums;
}

Sums by_judge(const remote::ExternalTerm& judge, const std::vector<world::BenchmarkItem>& items,
              const std::vector<std::string>& answers, const std::string& image_folder) {
  std::vector<remote::Asked> asked;
  for (size_t i = 0; i < items.size(); ++i) {
    asked.push_back(asked_of(items[i].id, items[i].image, image_folder, items[i].question));
    asked.back().answer = answers[i];
  }
  Sums sums;
  for (const double score : judge.score(asked)) sums.score += judge.target().weight * score;
  return sums;
}

}  // namespace

std::optional<Gold> Gold::read(const config::Config& c) {
  if (c.ppo.eval_every == 0) return std::nullopt;
  if (c.data.benchmark.empty()) {
    throw ConfigError(Complaint{.component = "ppo",
                                .doing = "preparing the gold score",
                                .expected = "data.benchmark",
                                .got = "nothing",
                                .hint = "set it, or ppo.eval_every = 0."});
  }
  auto items = world::read_benchmark(c.data.benchmark);
  // As in the figures of `eval`: yes/no questions are not part of the score.
  std::erase_if(items, [](const auto& item) { return item.type == "yes_no"; });
  if (items.empty()) {
    throw DataError(Complaint{.component = "ppo",
                              .doing = "preparing the gold score",
                              .expected = "items that are not yes/no questions",
                              .got = "none",
                              .where = c.data.benchmark,
                              .hint = "choose another data.benchmark, or ppo.eval_every = 0."});
  }
  Gold gold;
  gold.items_ = eval::spread(items, c.ppo.eval_items);
  if (!c.ppo.gold_judge.empty())
    gold.judge_.emplace(target_of(c.ppo.gold_judge, "ppo.gold_judge", c.ppo));
  return gold;
}

train::Metrics Gold::measure(ActorCritic& roles, const config::Config& c,
                             parallel::Communicator& processes) const {
  const auto [first, last] = share_of(processes, std::ssize(items_));
  const std::vector<world::BenchmarkItem> own(items_.begin() + first, items_.begin() + last);
  std::vector<api::Question> questions;
  for (const auto& item : own) questions.push_back({item.image, item.question});
  const model::AdapterScope scope(roles.actor().model, engine::kPolicy);
  engine::LocalGenerator generator(roles.actor(), roles.actor_images(), c.eval.batch_size,
                                   {.ends = ends_of(roles.actor(), c), .stops_on_signal = false});
  const auto answers = generator.answer(questions, c.eval.max_tokens);
  const Sums sums =
      judge_ ? by_judge(*judge_, own, answers, c.data.images) : by_world(own, answers);
  const auto all = processes.sums({sums.score, sums.hallucinated, sums.coverage, sums.described});
  const auto count = static_cast<double>(items_.size());
  train::Metrics figures{{"gold/score", all[0] / count}};
  if (!judge_) figures["gold/hallucination"] = all[1] / count;
  if (all[3] > 0) figures["gold/coverage"] = all[2] / all[3];
  return figures;
}

}  // namespace plumbline::rlhf
