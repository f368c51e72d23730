#include "plumbline/rlhf/gold.h"

#include "plumbline/base/error.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/roles.h"
#include "plumbline/eval/rated_answers.h"
#include "plumbline/formats/json_lines.h"
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

// Whether a file holds prompts as PPO's are.
bool holds_prompts(const std::string& file) {
  const auto records = formats::read_records(file);
  return !records.empty() && records.front().value.contains("conversations");
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
  Gold gold;
  if (!c.ppo.gold_judge.empty()) {
    gold.judge_.emplace(scorer_of(c.ppo.gold_judge, "ppo.gold_judge", c.ppo));
  }
  gold.read_questions(c);
  return gold;
}

void Gold::try_out_judge() const {
  if (judge_) try_out(*judge_);
}

void Gold::read_questions(const config::Config& c) {
  if (judge_ && holds_prompts(c.data.benchmark)) {
    prompts_ = data::read_prompts(c.data.benchmark, c.data.images);
    const auto most = static_cast<size_t>(c.ppo.eval_items);
    if (prompts_.size() > most) prompts_.resize(most);
    references_.resize(prompts_.size());
    return;
  }
  items_ = world::read_benchmark(c.data.benchmark);
  // As in the figures of `eval`: yes/no questions are not part of the score.
  std::erase_if(items_, [](const auto& item) { return item.type == "yes_no"; });
  if (items_.empty()) {
    throw DataError(Complaint{.component = "ppo",
                              .doing = "preparing the gold score",
                              .expected = "items that are not yes/no questions",
                              .got = "none",
                              .where = c.data.benchmark,
                              .hint = "choose another data.benchmark, or ppo.eval_every = 0."});
  }
  items_ = eval::spread(items_, c.ppo.eval_items);
  for (const auto& item : items_) {
    prompts_.push_back({.id = item.id,
                        .image = item.image,
                        .turns = {{.is_user = true, .text = text::with_image(item.question)}}});
    references_.push_back(item.reference);
  }
}

train::Metrics Gold::measure(ActorCritic& roles, const config::Config& c,
                             parallel::Communicator& processes) const {
  const auto [first, last] = share_of(processes, std::ssize(prompts_));
  const std::vector<data::Prompt> own(prompts_.begin() + first, prompts_.begin() + last);
  const model::AdapterScope scope(roles.actor().model, engine::kPolicy);
  engine::LocalGenerator generator(roles.actor(), roles.actor_images(), c.generation.batch_size,
                                   {.ends = ends_of(roles.actor(), c), .stops_on_signal = false});
  const auto answers = generator.answer_prompts(own, c.generation.max_tokens);
  Sums sums;
  if (judge_) {
    std::vector<remote::AnswerToScore> asked;
    for (size_t i = 0; i < own.size(); ++i) {
      const data::Prompt& prompt = own[i];
      asked.push_back(asked_of(prompt.id, prompt.image, c.data.images, prompt.turns.back().text));
      asked.back().answer = answers[i].text;
      asked.back().is_finished = answers[i].is_finished;
      asked.back().reference = references_[static_cast<size_t>(first) + i];
    }
    for (const double score : judge_->score(asked)) sums.score += judge_->spec().weight * score;
  } else {
    std::vector<std::string> texts;
    for (const auto& answer : answers) texts.push_back(answer.text);
    sums = by_world({items_.begin() + first, items_.begin() + last}, texts);
  }
  const auto all = processes.sums({sums.score, sums.hallucinated, sums.coverage, sums.described});
  const auto count = static_cast<double>(prompts_.size());
  train::Metrics figures{{"gold/score", all[0] / count}};
  if (!judge_) figures["gold/hallucination"] = all[1] / count;
  if (all[3] > 0) figures["gold/coverage"] = all[2] / all[3];
  return figures;
}

}  // namespace plumbline::rlhf
