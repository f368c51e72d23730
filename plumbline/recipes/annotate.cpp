// Comparisons by the world's simulated annotators: which of two answers hallucinates less.
#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/data/comparison.h"
#include "plumbline/data/records.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/train/run_folder.h"
#include "plumbline/world/annotator.h"
#include "plumbline/world/benchmark.h"
#include "plumbline/world/pairing.h"

namespace plumbline::recipes {
namespace {

using Items = std::unordered_map<std::string, world::BenchmarkItem>;

Items items_by_id(const std::string& path) {
  Items items;
  for (auto& item : world::read_benchmark(path)) items.emplace(item.id, std::move(item));
  return items;
}

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
  bool is_edited = false;
};

data::Comparison pair_of(const data::Prompt& prompt, const world::AnswerPair& answers) {
  data::Comparison pair{.id = prompt.id, .turns = prompt.turns};
  if (!prompt.image.empty()) pair.images = {prompt.image};
  pair.output_1 = answers.first;
  pair.output_2 = answers.second;
  return pair;
}

// Pairs of one prompt's answers: those that lie farthest apart among the answers not paired yet, or
// an answer and an edit of it. The better one is the longer in half of them, where that can be had.
std::vector<Task> tasks_of(const data::SampledAnswers& sample, const world::BenchmarkItem& item,
                           const config::AnnotateConfig& c, RandomKey key) {
  std::vector<Task> tasks;
  std::vector<std::string> unpaired = sample.answers;
  for (int64_t n = 0; n < c.pairs_per_prompt; ++n) {
    const auto own = key.at(static_cast<uint64_t>(n));
    const auto better =
        Random(own.at("length")).chance(0.5) ? world::BetterOne::Longer : world::BetterOne::Shorter;
    bool is_edited = Random(own.at("kind")).chance(c.edited_share);
    std::optional<world::AnswerPair> answers;
    if (!is_edited) answers = world::farthest_apart(item, unpaired, better);
    if (!answers && c.edited_share > 0) {
      answers = world::with_edit(item, sample.answers, better, own.at("edit"));
      is_edited = answers.has_value();
    }
    if (!answers) answers = world::farthest_apart(item, unpaired, world::BetterOne::Any);
    if (!answers) continue;
    if (!is_edited) {
      std::erase(unpaired, answers->first);
      std::erase(unpaired, answers->second);
    }
    tasks.push_back({.pair = pair_of(sample.prompt, *answers),
                     .item = &item,
                     .key = own,
                     .is_edited = is_edited});
  }
  return tasks;
}

std::vector<Task> tasks_of_samples(const config::Config& c, const Items& items, RandomKey key) {
  std::vector<Task> tasks;
  const auto samples = data::read_samples(c.data.samples);
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto& item = item_of(items, samples[i].prompt.id, c.data.benchmark);
    for (Task& task : tasks_of(samples[i], item, c.annotate, key.at(i))) {
      tasks.push_back(std::move(task));
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
    tasks.push_back({.pair = std::move(pairs[i]), .item = &item, .key = key.at(i)});
  }
  return tasks;
}

std::vector<Task> read_tasks(const config::Config& c, const Items& items, RandomKey key) {
  if (c.data.samples.empty() == c.data.pairs.empty()) {
    throw ConfigError(Complaint{.component = "annotate",
                                .doing = "choosing what is compared",
                                .expected = "data.samples or data.pairs",
                                .got = c.data.samples.empty() ? "neither" : "both"});
  }
  return c.data.pairs.empty() ? tasks_of_samples(c, items, key) : tasks_of_pairs(c, items, key);
}

// The annotators who see a pair: all, or votes_per_pair of them, drawn.
std::vector<world::Annotator> annotators_of(std::vector<world::Annotator> all,
                                            const config::AnnotateConfig& c, RandomKey key) {
  if (c.votes_per_pair == 0) return all;
  Random(key.at("who")).shuffle(all);
  all.resize(static_cast<size_t>(c.votes_per_pair));
  return all;
}

// What is said of a pair: by annotators, or, for pairs held out, by the truth.
data::Comparison compared(const Task& task, bool is_held_out,
                          const std::vector<world::Annotator>& annotators) {
  data::Comparison pair = task.pair;
  pair.metadata["type"] = task.item->type;
  if (task.is_edited) pair.metadata["edited"] = true;
  if (is_held_out) {
    pair.preference = world::better_of(*task.item, pair.output_1, pair.output_2);
  } else {
    for (size_t i = 0; i < annotators.size(); ++i) {
      pair.votes.push_back(world::vote(annotators[i], *task.item, pair.output_1, pair.output_2,
                                       task.key.at("annotators").at(i)));
    }
    pair.preference = data::majority(pair.votes);
  }
  pair.hallucination_1 = world::judge(*task.item, pair.output_1).is_hallucinated;
  pair.hallucination_2 = world::judge(*task.item, pair.output_2).is_hallucinated;
  pair.hallucination =
      *(pair.preference == data::Choice::Second ? pair.hallucination_1 : pair.hallucination_2);
  return pair;
}

// Figures over all pairs, in shares.
class Shares {
 public:
  void add(const data::Comparison& pair, bool is_edited) {
    ++num_pairs_;
    num_hallucinated_ += *pair.hallucination ? 1 : 0;
    num_edited_ += is_edited ? 1 : 0;
    if (pair.preference == data::Choice::Tie) {
      ++num_ties_;
    } else {
      const bool is_first = pair.preference == data::Choice::First;
      const size_t better = (is_first ? pair.output_1 : pair.output_2).size(),
                   worse = (is_first ? pair.output_2 : pair.output_1).size();
      num_longer_ += better > worse ? 1 : better == worse ? 0.5 : 0;
    }
    for (const data::Vote& vote : pair.votes) {
      ++num_votes_;
      num_agreeing_ += vote.choice == *pair.preference ? 1 : 0;
    }
  }
  train::Metrics metrics() const {
    const double decided = std::max(1.0, num_pairs_ - num_ties_);
    return {{"hallucinated_share", num_hallucinated_ / num_pairs_},
            {"edited_share", num_edited_ / num_pairs_},
            {"tie_share", num_ties_ / num_pairs_},
            {"better_longer_share", num_longer_ / decided},
            {"agreement", num_votes_ > 0 ? num_agreeing_ / num_votes_ : 1}};
  }

 private:
  double num_pairs_ = 0, num_hallucinated_ = 0, num_edited_ = 0, num_ties_ = 0, num_longer_ = 0;
  double num_votes_ = 0, num_agreeing_ = 0;
};

}  // namespace

void annotate(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "annotate");
  const Items items = items_by_id(c.data.benchmark);
  const auto tasks = read_tasks(c, items, key.at("pair"));
  auto run = train::RunFolder::open("annotate", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  const auto annotators = world::make_annotators({.count = c.annotate.num_annotators,
                                                  .noise = c.annotate.noise,
                                                  .noise_spread = c.annotate.noise_spread,
                                                  .honesty = c.annotate.honesty,
                                                  .honesty_spread = c.annotate.honesty_spread,
                                                  .tie_within = c.annotate.tie_within},
                                                 key.at("people"));
  std::vector<data::Comparison> train_pairs, held_out;
  Shares shares;
  for (const Task& task : tasks) {
    // By image: no picture is in both parts.
    const std::string& image = task.pair.images.empty() ? task.pair.id : task.pair.images.front();
    const bool is_held_out = Random(key.at("held-out").at(image)).chance(c.annotate.held_out_share);
    const bool is_full =
        c.annotate.max_pairs > 0 && std::ssize(train_pairs) >= c.annotate.max_pairs;
    if (!is_held_out && is_full) continue;
    auto& part = is_held_out ? held_out : train_pairs;
    part.push_back(compared(task, is_held_out, annotators_of(annotators, c.annotate, task.key)));
    shares.add(part.back(), task.is_edited);
  }
  if (train_pairs.empty() || held_out.empty()) {
    throw DataError(Complaint{
        .component = "annotate",
        .doing = "pairing answers",
        .expected = "pairs that differ, some of them held out",
        .got = fmt::format("{} pairs and {} held out", train_pairs.size(), held_out.size()),
        .where = c.data.samples.empty() ? c.data.pairs : c.data.samples,
        .hint = "sample more prompts, or more answers per prompt."});
  }
  data::write_comparisons((run.path() / "comparisons.json").string(), train_pairs);
  data::write_comparisons((run.path() / "held_out.json").string(), held_out);
  auto metrics = shares.metrics();
  metrics["pairs"] = static_cast<double>(train_pairs.size());
  metrics["held_out_pairs"] = static_cast<double>(held_out.size());
  run.metrics().record(1, metrics);
  log_info("annotate: {} comparisons and {} held out", train_pairs.size(), held_out.size());
  run.finish();
}

}  // namespace plumbline::recipes
