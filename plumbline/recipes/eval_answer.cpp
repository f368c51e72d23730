// A model's answers to the questions of a benchmark.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "plumbline/base/base64.h"
#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/base/revision.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/roles.h"
#include "plumbline/eval/command_files.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

using nlohmann::json;

// Portions are saved when they are answered: this many times what is generated side by side.
constexpr int64_t kFills = 4;

std::vector<eval::Prompt> read_prompts(const eval::Benchmark& benchmark, const EvalFlags& flags) {
  if (!benchmark.prompts) {
    throw ConfigError(Complaint{.component = "eval",
                                .doing = "answering " + benchmark.name,
                                .expected = "a benchmark whose questions Plumbline can ask",
                                .got = "one whose answers are made elsewhere",
                                .hint = "see docs/guide/benchmarks/" + benchmark.name + ".md."});
  }
  const auto request = eval::make_request(
      benchmark, {.questions = flags.questions, .facts = flags.facts, .variants = flags.variants},
      "answer", {"questions"});
  auto prompts = benchmark.prompts(request);
  for (auto& prompt : prompts) {
    if (flags.max_tokens > 0) prompt.max_tokens = flags.max_tokens;
    if (flags.has_literal_backslash_n && prompt.test_prompt.starts_with("\n")) {
      prompt.test_prompt = "\\n" + prompt.test_prompt.substr(1);
    }
  }
  return prompts;
}

std::string image_of(const eval::Prompt& prompt) {
  if (prompt.image_bytes.empty()) return prompt.image;
  return "data:image;base64," + base64(prompt.image_bytes);
}

// answers.jsonl in LLaVA's form, line by line as answers come.
class AnswerFile {
 public:
  AnswerFile(fs::path path, json settings)
      : path_(std::move(path)), settings_(std::move(settings)) {}

  // Ids that an interrupted run has answered. A line that a kill cut short is taken away.
  std::unordered_map<std::string, bool> read() const {
    std::unordered_map<std::string, bool> done;
    if (!fs::exists(path_)) return done;
    std::vector<json> whole;
    for (auto& record : formats::read_records(path_.string(), [](const auto&, const auto&) {})) {
      done[record.value.at("question_id").get<std::string>()] = true;
      whole.push_back(std::move(record.value));
    }
    formats::write_records(path_.string(), whole);
    return done;
  }

  void add(const std::vector<const eval::Prompt*>& prompts,
           const std::vector<engine::AnswerText>& answers) const {
    std::string lines;
    for (size_t i = 0; i < prompts.size(); ++i) {
      const auto& prompt = *prompts[i];
      json metadata = settings_;
      metadata["test_prompt"] = prompt.test_prompt;
      metadata["max_tokens"] = prompt.max_tokens;
      metadata["finished"] = answers[i].is_finished;
      ContentHash hash;
      hash.add(prompt.id);
      hash.add(answers[i].text);
      const json line = {{"question_id", prompt.id},  {"image", prompt.image},
                         {"prompt", prompt.question}, {"text", answers[i].text},
                         {"answer_id", hash.hex()},   {"model_id", settings_.at("model")},
                         {"metadata", metadata}};
      lines += line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    }
    append_file(path_, lines);
  }

 private:
  fs::path path_;
  json settings_;
};

// Greedy unless generation.temperature is set.
config::GenerationConfig generation_of(const config::Loaded& loaded) {
  config::GenerationConfig c = loaded.config.generation;
  if (loaded.origins.at("generation.temperature") == "default") c.temperature = 0;
  return c;
}

json settings_of(const config::Config& c, double temperature) {
  return {{"model", c.model.path},
          {"adapter", c.model.adapter},
          {"conversation", c.model.conversation},
          {"temperature", temperature},
          {"seed", c.run.seed},
          {"plumbline", fmt::format("{} {}", PLUMBLINE_VERSION, revision())}};
}

data::Prompt to_prompt(const eval::Prompt& prompt) {
  const std::string text = prompt.question + prompt.test_prompt;
  const std::string image = image_of(prompt);
  return {.id = prompt.id,
          .image = image,
          .turns = {{.is_user = true, .text = image.empty() ? text : text::with_image(text)}}};
}

// The next questions of equal max_tokens, at most `most`.
std::vector<const eval::Prompt*> portion_at(const std::vector<const eval::Prompt*>& prompts,
                                            size_t first, size_t most) {
  std::vector<const eval::Prompt*> portion;
  for (size_t i = first; i < prompts.size() && portion.size() < most; ++i) {
    if (!portion.empty() && prompts[i]->max_tokens != portion.front()->max_tokens) break;
    portion.push_back(prompts[i]);
  }
  return portion;
}

}  // namespace

void answer_benchmark(const Invocation& invocation) {
  const config::Config& c = invocation.loaded.config;
  const auto& benchmark = eval::benchmark(invocation.inputs.front());
  const auto prompts = read_prompts(benchmark, invocation.eval);
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto assistant = engine::load_assistant(c, device);
  const std::string adapter = engine::attach_policy(assistant.model, c.model);
  auto run = train::RunFolder::open("eval answer", invocation.loaded,
                                    {invocation.resume, invocation.force}, invocation.command);
  const auto generation = generation_of(invocation.loaded);
  const AnswerFile file(run.path() / "answers.jsonl", settings_of(c, generation.temperature));
  const auto done = file.read();
  std::vector<const eval::Prompt*> open;
  for (const auto& prompt : prompts) {
    if (!done.contains(prompt.id)) open.push_back(&prompt);
  }
  if (!done.empty()) log_info("eval: {} of {} questions are answered", done.size(), prompts.size());

  const model::AdapterScope scope(assistant.model, adapter);
  Progress progress("eval answer", std::ssize(prompts), std::ssize(prompts) - std::ssize(open));
  for (size_t next = 0; next < open.size();) {
    const auto portion = portion_at(open, next, static_cast<size_t>(kFills * c.eval.batch_size));
    engine::FeatureStore features(assistant.preprocess, c.data.images);  // of this portion only
    engine::LocalGenerator generator(
        assistant, features, c.eval.batch_size,
        {.ends = engine::answer_ends(assistant, generation),
         .sampling = engine::sampling_options(generation, assistant),
         .key = random_key(static_cast<uint64_t>(c.run.seed), "eval.answer")});
    std::vector<data::Prompt> asked;
    for (const auto* prompt : portion) asked.push_back(to_prompt(*prompt));
    file.add(portion, generator.answer_prompts(asked, portion.front()->max_tokens));
    next += portion.size();
    progress.update(std::ssize(prompts) - std::ssize(open) + static_cast<int64_t>(next));
  }
  run.finish();
  log_info("eval: answers are in {}", (run.path() / "answers.jsonl").string());
}

}  // namespace plumbline::recipes
