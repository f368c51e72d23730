// Comparisons by the world's simulated annotators: which of two answers hallucinates less.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
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

std::vector<std::string> images_of(const data::Prompt& prompt) {
  if (prompt.image.empty()) return {};
  return {prompt.image};
}

}  // namespace

void annotate(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "annotate");
  const auto samples = data::read_samples(c.data.samples);
  const Items items = items_by_id(c.data.benchmark);
  for (const auto& sample : samples) item_of(items, sample.prompt.id, c.data.benchmark);
  auto run = train::RunFolder::open("annotate", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  std::vector<data::Comparison> train_pairs, held_out;
  double num_hallucinated = 0, num_edited = 0, agreement = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto& sample = samples[i];
    const auto& item = item_of(items, sample.prompt.id, c.data.benchmark);
    const auto pair_key = key.at("pair").at(i);
    const bool is_edited = Random(pair_key.at("kind")).chance(c.annotate.edited_share);
    const auto pair = is_edited ? world::with_edit(item, sample.answers, pair_key)
                                : world::farthest_apart(item, sample.answers);
    if (!pair) continue;
    // By image: no picture is in both parts. Held-out labels carry no noise, so accuracy is against
    // the truth.
    const bool is_held_out =
        Random(key.at("held-out").at(sample.prompt.image)).chance(c.annotate.held_out_share);
    const auto verdict =
        world::compare(item, pair->first, pair->second, is_held_out ? 0 : c.annotate.noise,
                       static_cast<int>(c.annotate.num_annotators), pair_key.at("annotators"));
    auto& part = is_held_out ? held_out : train_pairs;
    if (!is_held_out && c.annotate.max_pairs > 0 &&
        static_cast<int64_t>(part.size()) >= c.annotate.max_pairs) {
      continue;
    }
    part.push_back(
        {.id = sample.prompt.id,
         .images = images_of(sample.prompt),
         .turns = sample.prompt.turns,
         .output_1 = pair->first,
         .output_2 = pair->second,
         .preference = verdict.preference == 1 ? data::Choice::First : data::Choice::Second,
         .hallucination = verdict.hallucination,
         .metadata = {{"type", item.type}}});
    num_hallucinated += verdict.hallucination ? 1 : 0;
    num_edited += is_edited ? 1 : 0;
    agreement += verdict.agreement;
  }
  if (train_pairs.empty() || held_out.empty()) {
    throw DataError(Complaint{
        .component = "annotate",
        .doing = "pairing answers",
        .expected = "pairs that differ, some of them held out",
        .got = fmt::format("{} pairs and {} held out", train_pairs.size(), held_out.size()),
        .where = c.data.samples,
        .hint = "sample more prompts, or more answers per prompt."});
  }
  data::write_comparisons((run.path() / "comparisons.json").string(), train_pairs);
  data::write_comparisons((run.path() / "held_out.json").string(), held_out);
  const auto total = static_cast<double>(train_pairs.size() + held_out.size());
  run.metrics().record(1, {{"pairs", static_cast<double>(train_pairs.size())},
                           {"held_out_pairs", static_cast<double>(held_out.size())},
                           {"hallucinated_share", num_hallucinated / total},
                           {"edited_share", num_edited / total},
                           {"agreement", agreement / total}});
  log_info("annotate: {} comparisons and {} held out", train_pairs.size(), held_out.size());
  run.finish();
}

}  // namespace plumbline::recipes
