// Comparisons: which of two answers hallucinates less. By the world's simulated annotators, or by
// people, for whom pairs become tasks and whose opinions become comparisons here.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <unordered_map>

#include "plumbline/annotate/agreement.h"
#include "plumbline/annotate/task_store.h"
#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/pair_up.h"
#include "plumbline/data/records.h"
#include "plumbline/eval/interval_json.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/world/annotator.h"
#include "plumbline/world/benchmark.h"
#include "plumbline/world/pairing.h"

namespace plumbline::recipes {
namespace {

using nlohmann::json;
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

// LLaVA-RLHF's flag: that of the worse answer; of a tie, none.
void flag_worse(data::Comparison& pair) {
  pair.hallucination.reset();
  if (pair.preference == data::Choice::Tie) return;
  pair.hallucination =
      pair.preference == data::Choice::Second ? pair.hallucination_1 : pair.hallucination_2;
}

// A pair with what was said of it; of pairs held out in the world, the truth.
data::Comparison compared(data::Comparison pair, std::vector<data::Vote> votes) {
  pair.votes = std::move(votes);
  pair.margin.reset();  // of an earlier file's opinion
  pair.preference = data::majority(pair.votes);
  const auto flagged = [&](auto member) -> std::optional<bool> {
    int64_t yes = 0, said = 0;
    for (const data::Vote& vote : pair.votes) {
      if (!(vote.*member)) continue;
      ++said;
      yes += *(vote.*member) ? 1 : 0;
    }
    if (said == 0) return std::nullopt;
    return 2 * yes > said;
  };
  pair.hallucination_1 = flagged(&data::Vote::hallucination_1);
  pair.hallucination_2 = flagged(&data::Vote::hallucination_2);
  flag_worse(pair);
  return pair;
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

// Figures over all pairs, in shares.
class Shares {
 public:
  void add(const data::Comparison& pair) {
    ++num_pairs_;
    num_hallucinated_ += pair.hallucination.value_or(false) ? 1 : 0;
    num_edited_ += pair.metadata.value("edited", false) ? 1 : 0;
    if (pair.preference == data::Choice::Tie) {
      ++num_ties_;
    } else {
      const bool is_first = pair.preference == data::Choice::First;
      const size_t better = (is_first ? pair.output_1 : pair.output_2).size(),
                   worse = (is_first ? pair.output_2 : pair.output_1).size();
      num_longer_ += better > worse ? 1 : better == worse ? 0.5 : 0;
    }
  }
  train::Metrics metrics() const {
    const double decided = std::max(1.0, num_pairs_ - num_ties_);
    return {{"hallucinated_share", num_hallucinated_ / num_pairs_},
            {"edited_share", num_edited_ / num_pairs_},
            {"tie_share", num_ties_ / num_pairs_},
            {"better_longer_share", num_longer_ / decided}};
  }

 private:
  double num_pairs_ = 0, num_hallucinated_ = 0, num_edited_ = 0, num_ties_ = 0, num_longer_ = 0;
};

// Pairs to train on and to evaluate with.
struct Split {
  std::vector<data::Comparison> train_pairs, held_out;
};

json figure_json(const annotate::AgreementFigure& figure) {
  if (!figure.undefined.empty()) return {{"undefined", figure.undefined}};
  return eval::interval_to_json(figure.interval);
}

// How far those who saw the same pairs agree, into agreement.json; alpha also as a metric.
train::Metrics write_agreement(const fs::path& folder, const Split& split,
                               const config::Config& c) {
  std::vector<std::vector<data::Vote>> votes;
  for (const auto* part : {&split.train_pairs, &split.held_out}) {
    for (const auto& pair : *part) votes.push_back(pair.votes);
  }
  const auto found = annotate::agreement(
      annotate::choice_ratings(votes),
      {.samples = c.eval.bootstrap_samples,
       .confidence = c.eval.confidence,
       .key = random_key(static_cast<uint64_t>(c.run.seed), "annotate.agreement")});
  const json out{{"pairs_seen_by_several", found.num_items},
                 {"annotators", found.num_annotators},
                 {"percent", figure_json(found.percent)},
                 {"cohen_kappa", figure_json(found.cohen_kappa)},
                 {"fleiss_kappa", figure_json(found.fleiss_kappa)},
                 {"alpha_nominal", figure_json(found.alpha_nominal)},
                 {"alpha_ordinal", figure_json(found.alpha_ordinal)}};
  write_file(folder / "agreement.json", out.dump(1) + "\n");
  if (found.num_items == 0) return {};
  log_info("annotate: of {} pairs seen by several, {:.3f} of the opinions agree; alpha {:.3f}",
           found.num_items, found.percent.interval.value, found.alpha_nominal.interval.value);
  train::Metrics metrics{{"agreement", found.percent.interval.value}};
  if (found.alpha_nominal.undefined.empty()) metrics["alpha"] = found.alpha_nominal.interval.value;
  return metrics;
}

void check_split(const Split& split, const config::Config& c, const std::string& from) {
  if (split.train_pairs.empty() || (split.held_out.empty() && c.annotate.held_out_share > 0)) {
    throw DataError(Complaint{.component = "annotate",
                              .doing = "collecting comparisons",
                              .expected = "pairs that somebody has compared, some of them held out",
                              .got = fmt::format("{} pairs and {} held out",
                                                 split.train_pairs.size(), split.held_out.size()),
                              .where = from,
                              .hint = "compare more pairs, or change annotate.held_out_share."});
  }
}

void write_split(train::RunFolder& run, const Split& split, const config::Config& c) {
  data::write_comparisons((run.path() / "comparisons.json").string(), split.train_pairs);
  if (!split.held_out.empty()) {
    data::write_comparisons((run.path() / "held_out.json").string(), split.held_out);
  }
  Shares shares;
  for (const auto& pair : split.train_pairs) shares.add(pair);
  for (const auto& pair : split.held_out) shares.add(pair);
  auto metrics = shares.metrics();
  metrics["pairs"] = static_cast<double>(split.train_pairs.size());
  metrics["held_out_pairs"] = static_cast<double>(split.held_out.size());
  metrics.merge(write_agreement(run.path(), split, c));
  run.metrics().record(1, metrics);
  log_info("annotate: {} comparisons and {} held out", split.train_pairs.size(),
           split.held_out.size());
}

void require(const std::string& value, const char* key, const char* action) {
  if (!value.empty()) return;
  throw ConfigError(Complaint{.component = "annotate",
                              .doing = std::string("checking what ") + action + " needs",
                              .expected = key,
                              .got = "nothing"});
}

annotate::TaskStoreOptions store_options(const config::Config& c) {
  const int64_t votes = c.annotate.votes_per_pair;
  return {.overlap = votes > 0 ? votes : c.annotate.num_annotators,
          .seed = static_cast<uint64_t>(c.run.seed)};
}

// The world's annotators compare pairs whose truth is known.
void run_simulated(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  require(c.data.benchmark, "data.benchmark", "simulate");
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "annotate");
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

// Pairs become tasks for people.
void run_import(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  require(c.annotate.store, "annotate.store", "import");
  require(c.data.pairs, "data.pairs", "import");
  const auto pairs = data::read_pairs(c.data.pairs, c.data.images);
  std::vector<annotate::Task> tasks;
  std::set<std::string> ids;
  for (const auto& pair : pairs) {
    // Named by its content, so that a file that has grown, shrunk or moved can be imported again.
    const std::string record = data::pair_json(pair).dump();
    ContentHash hash;
    hash.add(record);
    const std::string id = pair.id + "-" + hash.hex().substr(0, 12);
    if (ids.insert(id).second) tasks.push_back({id, record});
  }
  if (tasks.size() < pairs.size()) {
    log_warning("{}: {} pairs stand there twice", c.data.pairs, pairs.size() - tasks.size());
  }
  // Without the setting the file keeps the number that it has.
  annotate::TaskStoreOptions options{.seed = static_cast<uint64_t>(c.run.seed)};
  if (c.annotate.votes_per_pair > 0) options.overlap = c.annotate.votes_per_pair;
  annotate::TaskStore store(c.annotate.store, options);
  const auto added = store.add(tasks);
  log_info("{}: {} tasks added, {} were there already", c.annotate.store, added.num_added,
           added.num_known);
}

// What people have said so far becomes comparisons.
void run_export(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  require(c.annotate.store, "annotate.store", "export");
  require(c.run.out, "run.out (--out)", "export");
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "annotate");
  if (!fs::exists(c.annotate.store)) {
    throw IoError(Complaint{.component = "annotate",
                            .doing = "opening the tasks",
                            .expected = "a file made by `annotate import`",
                            .got = "none",
                            .where = c.annotate.store});
  }
  const annotate::TaskStore store(c.annotate.store);
  const auto tasks = store.tasks();
  const auto votes = store.votes();
  Split split;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (votes[i].votes.empty()) continue;
    const auto pair = data::pair_from_json(parse_json(tasks[i].record, tasks[i].id));
    auto& part = data::is_held_out(pair, c.annotate.held_out_share, key) ? split.held_out
                                                                         : split.train_pairs;
    part.push_back(compared(pair, votes[i].votes));
  }
  check_split(split, c, c.annotate.store);
  auto run = train::RunFolder::open("annotate", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  write_split(run, split, c);
  run.finish();
}

}  // namespace

void annotate(const Invocation& invocation) {
  const std::string action = invocation.inputs.empty() ? "simulate" : invocation.inputs.front();
  if (action == "simulate") return run_simulated(invocation);
  if (action == "import") return run_import(invocation);
  if (action == "export") return run_export(invocation);
  throw ConfigError(Complaint{.component = "annotate",
                              .doing = "reading what to do",
                              .expected = "simulate, import or export",
                              .got = "'" + action + "'"});
}

}  // namespace plumbline::recipes
