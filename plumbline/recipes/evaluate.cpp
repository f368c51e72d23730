// A benchmark's answers, what the judge finds in them, and the figures with intervals.
#include <ATen/ATen.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "plumbline/base/json.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/roles.h"
#include "plumbline/eval/world_figures.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/report/run_tables.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
void evaluate(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  const auto items = world::read_benchmark(c.data.benchmark);
  auto assistant = engine::load_assistant(c, device);
  const std::string adapter = engine::attach_policy(assistant.model, c.model);
  auto run = train::RunFolder::open("eval", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  engine::FeatureStore features(assistant.preprocess, c.data.images);
  engine::LocalGenerator generator(assistant, features, c.eval.batch_size);
  const model::AdapterScope scope(assistant.model, adapter);
  std::vector<api::Question> questions;
  for (const auto& item : items) questions.push_back({item.image, item.question});
  const auto rated = eval::rate(items, generator.answer(questions, c.eval.max_tokens));
  const auto figures =
      eval::world_figures(rated, {.samples = c.eval.bootstrap_samples,
                                  .confidence = c.eval.confidence,
                                  .key = random_key(c.run.seed, "eval.bootstrap")});

  eval::write_answers((run.path() / "answers.jsonl").string(), rated);
  const std::string name =
      c.eval.model_name.empty() ? run.path().filename().string() : c.eval.model_name;
  const nlohmann::json result{
      {"model", name}, {"images", c.data.images}, {"figures", eval::to_json(figures)}};
  write_file(run.path() / "figures.json", json_text(result, 1) + "\n");
  run.finish();
  if (invocation.is_silent) return;
  const std::string text = invocation.json ? json_text(result) + "\n"
                                           : report::figures_table({report::read_run(run.path())});
  std::fputs(text.c_str(), stdout);
}

}  // namespace plumbline::recipes
