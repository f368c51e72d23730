// Answers for a file of prompts: one, a pair, or n each.
#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/interrupt.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/assistant.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/roles.h"
#include "plumbline/generate/generate.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

// Without image rows yet: the images are looked at once the run folder is open.
std::vector<generate::Sequence> requests(const engine::Assistant& assistant,
                                         const std::vector<data::Prompt>& prompts,
                                         const config::Config& c) {
  const auto key = random_key(static_cast<uint64_t>(c.run.seed), "sample");
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

}  // namespace

void sample(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  const auto prompts = data::read_prompts(c.data.prompts, c.data.images);
  auto assistant = engine::load_assistant(c, device);
  const std::string adapter = engine::attach_policy(assistant.model, c.model);
  auto sequences = requests(assistant, prompts, c);
  auto run = train::RunFolder::open("sample", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  features.prepare(assistant.model, data::images_of(prompts));

  const model::AdapterScope scope(assistant.model, adapter);
  for (size_t i = 0; i < prompts.size(); ++i) {
    sequences[i].image_rows = engine::image_rows(assistant.model, features, prompts[i].image);
  }
  const Stopwatch watch;
  int64_t num_tokens = 0, num_stopped = 0;
  std::vector<data::SampledAnswers> samples;
  {
    Progress progress("sample", static_cast<int64_t>(prompts.size()) * c.generation.num_samples);
    const auto answers = generate::generate(
        assistant.model, sequences, engine::sampling_options(c.generation, assistant),
        c.generation.batch_size,
        [&](int64_t done) {
          progress.update(done);
          stop_if_interrupted();
        },
        engine::end_watcher(assistant));
    for (size_t i = 0; i < prompts.size(); ++i) {
      auto& entry = samples.emplace_back(data::SampledAnswers{prompts[i], {}});
      for (const auto& answer : answers[i]) {
        entry.answers.push_back(engine::answer_text(assistant, answer.tokens));
        num_tokens += static_cast<int64_t>(answer.tokens.size());
        num_stopped += answer.is_stopped ? 1 : 0;
      }
    }
  }
  data::write_samples((run.path() / "samples.jsonl").string(), samples);
  const double num_answers =
      static_cast<double>(prompts.size()) * static_cast<double>(c.generation.num_samples);
  run.metrics().record(
      1, {{"answers", num_answers},
          {"response/length", static_cast<double>(num_tokens) / num_answers},
          {"response/stopped", static_cast<double>(num_stopped) / num_answers},
          {"time/tokens_per_second", static_cast<double>(num_tokens) / watch.seconds()}});
  log_info("sample: {} answers of {:.1f} tokens, {:.0f} tokens/s", num_answers,
           static_cast<double>(num_tokens) / num_answers,
           static_cast<double>(num_tokens) / watch.seconds());
  run.finish();
}

}  // namespace plumbline::recipes
