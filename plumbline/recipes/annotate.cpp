// Comparisons: which of two answers hallucinates less. Here by the world's simulated annotators; by
// people in annotate_people.cpp.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/annotate/task_store.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/pair_up.h"
#include "plumbline/data/records.h"
#include "plumbline/recipes/annotate_people.h"
#include "plumbline/recipes/annotate_split.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/world/annotator.h"
#include "plumbline/world/benchmark.h"
#include "plumbline/world/pairing.h"

namespace plumbline::recipes {
namespace {

using Items = std::unordered_map<std::string, world::BenchmarkItem>;

const world::BenchmarkItem& item_of(const Items& items, const std::string& id,
                                    const std::string& path) {
  const auto it = items.find(id);
  if (it == items.end()) {
    throw DataError(
        Complaint{.component = "annotate",
                  .doing = "looking up the truth about a sample",
                  .expected = fmt::format("an item with id '{}'", id),
                  .got = "none",
                  .where = path,
                  .hint = "data.benchmark must be the file written beside the prompts."});
  }
  return it->second;
}

// A pair to be compared, with the truth about it.
struct Task {
  data::Comparison pair;
  const world::BenchmarkItem* item = nullptr;
  RandomKey key;
};

data::Comparison pair_of(const data::Prompt& prompt, const world::AnswerPair& answers,
                         const world::BenchmarkItem& item, bool is_edited) {
  data::Comparison pair = data::pair_of(prompt, answers.first, answers.second);
  pair.metadata["type"] = item.type;
  if (is_edited) pair.metadata["edited"] = true;
  return pair;
}

std::vector<Task> tasks_of_samples(const config::Config& c, const Items& items, RandomKey key) {
  std::vector<Task> tasks;
  const auto samples = data::read_samples(c.data.samples);
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto& item = item_of(items, samples[i].prompt.id, c.data.benchmark);
    const world::PairingOptions options{.pairs = c.annotate.pairs_per_prompt,
                                        .edited_share = c.annotate.edited_share};
    for (const auto& drawn : world::draw_pairs(item, samples[i].answers, options, key.at(i))) {
      tasks.push_back({.pair = pair_of(samples[i].prompt, drawn.answers, item, drawn.is_edited),
                       .item = &item,
                       .key = drawn.key});
    }
  }
  return tasks;
}

// The pairs of `sample` as they are.
std::vector<Task> tasks_of_pairs(const config::Config& c, const Items& items, RandomKey key) {
  std::vector<Task> tasks;
  auto pairs = data::read_pairs(c.data.pairs, "");
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto& item = item_of(items, pairs[i].id, c.data.benchmark);
    pairs[i].metadata["type"] = item.type;
    tasks.push_back({.pair = std::move(pairs[i]), .item = &item, .key = key.at(i)});
  }
  return tasks;
}

std::vector<Task> read_tasks(const config::Config& c, const Items& items, RandomKey key) {
  if (c.data.samples.empty() && c.data.pairs.empty()) {
    throw ConfigError(Complaint{.component = "annotate",
                                .doing = "choosing what is compared",
                                .expected = "data.samples, or data.pairs (--pairs)",
                                .got = "neither"});
  }
  return c.data.pairs.empty() ? tasks_of_samples(c, items, key) : tasks_of_pairs(c, items, key);
}

// A task's name in a run's own store: several pairs may belong to one prompt.
std::string task_id(size_t index, const data::Comparison& pair) {
  return fmt::format("{:06}-{}", index, pair.id);
}

// All annotators take turns at the store, as people would, until nothing is left for anybody. What
// one says of a pair depends on the pair and the annotator alone. A run that was interrupted goes
// on where it stopped.
void simulate(annotate::TaskStore& store, const std::vector<Task>& tasks,
              const std::vector<world::Annotator>& annotators) {
  std::vector<annotate::Task> records;
  std::unordered_map<std::string, const Task*> by_id;
  for (size_t i = 0; i < tasks.size(); ++i) {
    records.push_back({task_id(i, tasks[i].pair), data::pair_json(tasks[i].pair).dump()});
    by_id.emplace(records.back().id, &tasks[i]);
  }
  store.add(records);
  Progress progress("annotating", std::ssize(tasks));
  bool has_more = true;
  while (has_more) {
    has_more = false;
    for (size_t a = 0; a < annotators.size(); ++a) {
      const auto assigned = store.next(annotators[a].name);
      if (!assigned) continue;
      has_more = true;
      const Task& task = *by_id.at(assigned->task.id);
      const data::Vote vote = world::vote(annotators[a], *task.item, task.pair.output_1,
                                          task.pair.output_2, task.key.at("annotators").at(a));
      store.answer(vote.annotator, assigned->task.id,
                   {.choice = vote.choice,
                    .hallucination_1 = vote.hallucination_1,
                    .hallucination_2 = vote.hallucination_2});
    }
    stop_if_interrupted();
  }
}

data::Comparison with_truth(const Task& task) {
  data::Comparison pair = task.pair;
  pair.votes.clear();  // an earlier file's opinions are not the truth
  pair.margin.reset();
  pair.preference = world::better_of(*task.item, pair.output_1, pair.output_2);
  pair.hallucination_1 = world::judge(*task.item, pair.output_1).is_hallucinated;
  pair.hallucination_2 = world::judge(*task.item, pair.output_2).is_hallucinated;
  flag_worse(pair);
  return pair;
}

annotate::TaskStoreOptions store_options(const config::Config& c) {
  const int64_t votes = c.annotate.votes_per_pair;
  return {.overlap = votes > 0 ? votes : c.annotate.num_annotators, .seed = c.run.seed};
}

// The world's annotators compare pairs whose truth is known.
void run_simulated(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  if (c.data.benchmark.empty()) {
    throw ConfigError(Complaint{.component = "annotate",
                                .doing = "checking what simulate needs",
                                .expected = "data.benchmark",
                                .got = "nothing"});
  }
  const auto key = random_key(c.run.seed, "annotate");
  const Items items = world::read_benchmark_by_id(c.data.benchmark);
  std::vector<Task> shown, hidden;
  for (Task& task : read_tasks(c, items, key.at("pair"))) {
    const bool is_full = c.annotate.max_pairs > 0 && std::ssize(shown) >= c.annotate.max_pairs;
    if (data::is_held_out(task.pair, c.annotate.held_out_share, key)) {
      hidden.push_back(std::move(task));
    } else if (!is_full) {
      shown.push_back(std::move(task));
    }
  }
  auto run = train::RunFolder::open("annotate", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  const auto annotators = world::make_annotators({.count = c.annotate.num_annotators,
                                                  .noise = c.annotate.noise,
                                                  .noise_spread = c.annotate.noise_spread,
                                                  .honesty = c.annotate.honesty,
                                                  .honesty_spread = c.annotate.honesty_spread,
                                                  .tie_within = c.annotate.tie_within},
                                                 key.at("people"));
  annotate::TaskStore store((run.path() / "tasks.sqlite").string(), store_options(c));
  simulate(store, shown, annotators);
  Split split;
  const auto votes = store.votes();
  for (size_t i = 0; i < shown.size(); ++i) {
    split.train_pairs.push_back(compared(shown[i].pair, votes[i].votes));
  }
  // Held-out labels are the truth, so that accuracy is against it.
  for (const Task& task : hidden) split.held_out.push_back(with_truth(task));
  check_split(split, c, c.data.pairs.empty() ? c.data.samples : c.data.pairs);
  write_split(run, split, c);
  run.finish();
}

}  // namespace

void annotate(const Invocation& invocation) {
  const std::string action = invocation.inputs.empty() ? "simulate" : invocation.inputs.front();
  if (action == "simulate") return run_simulated(invocation);
  if (action == "import") return import_tasks(invocation);
  if (action == "answer") return answer_tasks(invocation);
  if (action == "export") return export_comparisons(invocation);
  throw ConfigError(Complaint{.component = "annotate",
                              .doing = "reading what to do",
                              .expected = "simulate, import, answer or export",
                              .got = "'" + action + "'"});
}

}  // namespace plumbline::recipes
