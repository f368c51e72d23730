// Answers for a file of prompts: one, a pair, or n each.
#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/data/pair_up.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/generate/generate.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

// Portions between saves fill the decoder's slots this often.
constexpr int64_t kFills = 16;

// What one prompt was answered.
struct Answered {
  std::vector<std::string> answers = {};
  int64_t num_tokens = 0, num_stopped = 0;
};

// Without image rows yet: the images are looked at once the run folder is open.
std::vector<generate::Sequence> requests(const engine::Assistant& assistant,
                                         const std::vector<data::Prompt>& prompts,
                                         const config::Config& c) {
  const auto key = random_key(c.run.seed, "sample");
  std::vector<generate::Sequence> result;
  for (size_t i = 0; i < prompts.size(); ++i) {
    result.push_back(
        {.prompt = text::encode_prompt(assistant.tokenizer, assistant.format, prompts[i].turns).ids,
         .num_samples = c.generation.num_samples,
         .key = key.at(i)});
    engine::check_length(assistant, std::ssize(result.back().prompt) + c.generation.max_tokens,
                         "prompt '" + prompts[i].id + "' and its answer", c.data.prompts);
  }
  return result;
}

// Answers that are safe on disk before all are there, one prompt a line, in order.
class Finished {
 public:
  explicit Finished(fs::path path) : path_(std::move(path)) {}

  // The answers of an interrupted run. A line that a kill cut short is left out.
  std::vector<Answered> read(const std::vector<data::Prompt>& prompts) const {
    std::vector<Answered> done;
    if (!fs::exists(path_)) return done;
    const auto records = formats::read_records(path_.string(), [](const auto&, const auto&) {});
    for (const auto& record : records) {
      const bool is_next = done.size() < prompts.size() && record.value.is_object() &&
                           record.value.value("id", "") == prompts[done.size()].id;
      if (!is_next) break;
      done.push_back({.answers = record.value.at("answers").get<std::vector<std::string>>(),
                      .num_tokens = record.value.at("tokens").get<int64_t>(),
                      .num_stopped = record.value.at("stopped").get<int64_t>()});
    }
    return done;
  }
  void write(const std::vector<data::Prompt>& prompts, const std::vector<Answered>& done) const {
    std::vector<nlohmann::json> lines;
    for (size_t i = 0; i < done.size(); ++i) {
      lines.push_back({{"id", prompts[i].id},
                       {"answers", done[i].answers},
                       {"tokens", done[i].num_tokens},
                       {"stopped", done[i].num_stopped}});
    }
    formats::write_records(path_.string(), lines);
  }
  void remove() const { fs::remove(path_); }

 private:
  fs::path path_;
};

// The prompts' images are seen when their turn comes.
std::vector<Answered> answer_part(engine::Assistant& assistant, engine::FeatureStore& features,
                                  const std::vector<data::Prompt>& prompts,
                                  std::vector<generate::Sequence> part, size_t first,
                                  const config::Config& c, Progress& progress) {
  for (size_t i = 0; i < part.size(); ++i) {
    part[i].image_rows = engine::image_rows(assistant.model, features, prompts[first + i].image);
  }
  const int64_t before = static_cast<int64_t>(first) * c.generation.num_samples;
  const auto ends = engine::answer_ends(assistant, c.generation);
  const auto sampled = generate::generate(
      assistant.model, part, engine::sampling_options(c.generation, assistant),
      c.generation.batch_size,
      [&](int64_t done) {
        progress.update(before + done);
        stop_if_interrupted();
      },
      engine::end_watcher(assistant, ends));
  std::vector<Answered> answers;
  for (const auto& of_prompt : sampled) {
    Answered& entry = answers.emplace_back();
    for (const auto& answer : of_prompt) {
      const auto read = engine::read_answer(assistant, ends, answer.tokens);
      entry.answers.push_back(read.text);
      entry.num_tokens += std::ssize(answer.tokens);
      entry.num_stopped += read.is_finished ? 1 : 0;
    }
  }
  return answers;
}

// Rewards of all answers, for pairs that lie far apart in them. The reward model is an adapter on
// the same base.
std::vector<std::vector<double>> rewards_of(engine::Assistant& assistant,
                                            engine::FeatureStore& features,
                                            const engine::RewardInput& input,
                                            const std::vector<data::SampledAnswers>& samples,
                                            RandomKey key) {
  std::vector<api::Candidates> questions;
  for (const auto& sample : samples) {
    questions.push_back(engine::candidates_of(sample.prompt, sample.answers));
  }
  engine::RewardScorer scorer(assistant, features, input, engine::kReward, engine::kScoringRows,
                              key);
  return scorer.score(questions);
}

// What pairing needs beside the answers; read before anything long starts.
struct PairInput {
  std::optional<engine::RewardInput> reward;
  std::vector<engine::FactRequest> requests;
  std::vector<data::SampledAnswers> others;
};

PairInput read_pair_input(const std::vector<data::Prompt>& prompts, const config::Config& c) {
  PairInput input;
  const auto require = [&](const std::string& value, const char* name, const char* policy) {
    if (!value.empty()) return;
    throw ConfigError(
        Complaint{.component = "sample",
                  .doing = "checking how answers are paired",
                  .expected = fmt::format("{}, for sample.pair_by = {}", name, policy),
                  .got = "nothing"});
  };
  if (c.sample.pair_by == config::PairBy::Reward) {
    require(c.model.reward_adapter, "model.reward_adapter", "reward");
    if (!c.model.reward_base.empty() || engine::is_whole_model(c.model.reward_adapter)) {
      throw ConfigError(
          Complaint{.component = "sample",
                    .doing = "checking how answers are paired",
                    .expected = "a reward adapter on model.path, for sample.pair_by = reward",
                    .got = "a reward model with a base of its own",
                    .hint = "sample without pairs, then `score --reward` gives their rewards."});
    }
    input.reward = engine::load_reward_input(c);
    for (const auto& prompt : prompts) input.requests.push_back(engine::fact_request(prompt));
    input.reward->read_facts(c.data.facts, input.requests, c.data.missing_facts);
  } else if (c.sample.pair_by == config::PairBy::Models) {
    require(c.data.samples, "data.samples", "models");
    input.others = data::read_samples(c.data.samples);
    data::check_answered(prompts, input.others);
  }
  return input;
}

train::Metrics write_pairs(const fs::path& file, engine::Assistant& assistant,
                           engine::FeatureStore& features, const PairInput& input,
                           const std::vector<data::SampledAnswers>& samples,
                           const config::Config& c) {
  const auto key = random_key(c.run.seed, "sample.pairs");
  std::vector<std::vector<double>> rewards;
  if (input.reward) {
    rewards = rewards_of(assistant, features, *input.reward, samples, key.at("facts"));
  }
  const auto paired = data::pair_up(
      samples, rewards, input.others,
      {.by = c.sample.pair_by, .pairs_per_prompt = c.sample.pairs_per_prompt, .key = key});
  data::write_comparisons(file.string(), paired.pairs);
  log_info(
      "sample: {} pairs; {} answers dropped as duplicates, {} as blank; {} prompts without a pair",
      paired.pairs.size(), paired.duplicates, paired.blank, paired.unpaired);
  return {{"pairs", static_cast<double>(paired.pairs.size())},
          {"duplicates", static_cast<double>(paired.duplicates)},
          {"unpaired", static_cast<double>(paired.unpaired)}};
}

}  // namespace

void sample(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  const auto prompts = data::read_prompts(c.data.prompts, c.data.images);
  const PairInput pair_input = read_pair_input(prompts, c);
  auto assistant = engine::load_assistant(c, device);
  const std::string adapter = engine::attach_policy(assistant.model, c.model);
  if (pair_input.reward) engine::attach_reward(assistant.model, c.model, "sample");
  if (pair_input.reward) {
    pair_input.reward->check_budget(assistant.tokenizer, pair_input.requests);
  }
  const auto sequences = requests(assistant, prompts, c);
  auto run = train::RunFolder::open("sample", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  features.prepare(assistant.model, data::images_of(prompts));

  const Finished finished(run.path() / "unfinished.jsonl");
  auto done = invocation.resume ? finished.read(prompts) : std::vector<Answered>();
  if (!done.empty()) log_info("sample: {} of {} prompts are answered", done.size(), prompts.size());
  const Stopwatch watch;
  int64_t num_new_tokens = 0;
  {
    const model::AdapterScope scope(assistant.model, adapter);
    const int64_t samples_of_each = c.generation.num_samples;
    Progress progress("sample", std::ssize(prompts) * samples_of_each,
                      std::ssize(done) * samples_of_each);
    // What a prompt is answered depends neither on the portions nor on its neighbours.
    const auto portion = static_cast<size_t>(
        std::max<int64_t>(1, kFills * c.generation.batch_size / samples_of_each));
    while (done.size() < prompts.size()) {
      const size_t first = done.size(), last = std::min(prompts.size(), first + portion);
      const auto answers = answer_part(assistant, features, prompts,
                                       {sequences.begin() + static_cast<int64_t>(first),
                                        sequences.begin() + static_cast<int64_t>(last)},
                                       first, c, progress);
      for (const auto& answer : answers) num_new_tokens += answer.num_tokens;
      done.insert(done.end(), answers.begin(), answers.end());
      if (done.size() < prompts.size()) finished.write(prompts, done);
    }
  }
  const double seconds = watch.seconds();
  std::vector<data::SampledAnswers> samples;
  int64_t num_tokens = 0, num_stopped = 0;
  for (size_t i = 0; i < prompts.size(); ++i) {
    samples.push_back({prompts[i], done[i].answers});
    num_tokens += done[i].num_tokens;
    num_stopped += done[i].num_stopped;
  }
  data::write_samples((run.path() / "samples.jsonl").string(), samples);
  const double num_answers =
      static_cast<double>(prompts.size()) * static_cast<double>(c.generation.num_samples);
  train::Metrics metrics{{"answers", num_answers},
                         {"response/length", static_cast<double>(num_tokens) / num_answers},
                         {"response/stopped", static_cast<double>(num_stopped) / num_answers},
                         {"time/tokens_per_second", static_cast<double>(num_new_tokens) / seconds}};
  log_info("sample: {} answers of {:.1f} tokens, {:.0f} tokens/s", num_answers,
           metrics["response/length"], metrics["time/tokens_per_second"]);
  if (c.sample.pair_by != config::PairBy::None) {
    metrics.merge(
        write_pairs(run.path() / "pairs.json", assistant, features, pair_input, samples, c));
  }
  run.metrics().record(1, metrics);
  finished.remove();
  run.finish();
}

}  // namespace plumbline::recipes
