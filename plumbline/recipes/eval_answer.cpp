// A model's answers to the questions of a benchmark.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "plumbline/base/base64.h"
#include "plumbline/base/content_hash.h"
#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/base/progress.h"
#include "plumbline/base/revision.h"
#include "plumbline/benchmarks/command_files.h"
#include "plumbline/engine/local_generator.h"
#include "plumbline/engine/roles.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/judge/judge_spec.h"
#include "plumbline/judge/judging.h"
#include "plumbline/recipes/stages.h"
#include "plumbline/tensor/device.h"
#include "plumbline/train/run_folder.h"

namespace plumbline::recipes {
namespace {

using nlohmann::json;

// Portions are saved when they are answered: this many times what is generated side by side.
constexpr int64_t kFills = 4;

std::vector<eval::Prompt> read_prompts(const eval::Benchmark& benchmark,
                                       const config::Loaded& loaded, const EvalFlags& flags) {
  if (!benchmark.prompts) {
    throw ConfigError(Complaint{.component = "eval",
                                .doing = "answering " + benchmark.name,
                                .expected = "a benchmark whose questions Plumbline can ask",
                                .got = "one whose answers are made elsewhere",
                                .hint = "see docs/guide/benchmarks/" + benchmark.name + ".md."});
  }
  const auto request = benchmarks::make_request(benchmark,
                                                {.questions = loaded.config.data.benchmark,
                                                 .others = flags.files,
                                                 .variants = flags.variants},
                                                "answer", {"questions"});
  auto prompts = benchmark.prompts(request);
  if (prompts.empty()) {
    throw DataError(Complaint{.component = "eval",
                              .doing = "answering " + benchmark.name,
                              .expected = "questions",
                              .got = "an empty file",
                              .where = loaded.config.data.benchmark});
  }
  const bool is_set = loaded.origins.at("generation.max_tokens") != "default";
  for (auto& prompt : prompts) {
    if (is_set) prompt.max_tokens = loaded.config.generation.max_tokens;
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

// How a question was asked: a line's metadata.
json way_of(const eval::Prompt& prompt, json settings) {
  settings["test_prompt"] = prompt.test_prompt;
  settings["max_tokens"] = prompt.max_tokens;
  return settings;
}

// A line of answers.jsonl, in LLaVA's form.
std::string line_of(const eval::Prompt& prompt, const std::string& text,
                    std::optional<bool> is_finished, const json& settings) {
  json metadata = way_of(prompt, settings);
  if (is_finished) metadata["finished"] = *is_finished;
  ContentHash hash;
  hash.add(prompt.id);
  hash.add(text);
  const json line = {{"question_id", prompt.id},  {"image", prompt.image},
                     {"prompt", prompt.question}, {"text", text},
                     {"answer_id", hash.hex()},   {"model_id", settings.at("model")},
                     {"metadata", metadata}};
  return json_text(line) + "\n";
}

// answers.jsonl, line by line as answers come.
class AnswerFile {
 public:
  AnswerFile(fs::path path, json settings)
      : path_(std::move(path)), settings_(std::move(settings)) {}

  // Ids of these prompts that an interrupted run has answered. A line that a kill cut short is
  // taken away. Throws ConfigError for one that was asked in another way, DataError for what is no
  // answer.
  std::unordered_set<std::string> read(const std::vector<eval::Prompt>& prompts) const {
    std::unordered_set<std::string> done;
    if (!fs::exists(path_)) return done;
    std::unordered_map<std::string, const eval::Prompt*> by_id;
    for (const auto& prompt : prompts) by_id.emplace(prompt.id, &prompt);
    std::vector<json> whole;
    for (auto& record : formats::read_records(path_.string(), [](const auto&, const auto&) {})) {
      const std::string id = id_of(record.value, record.where);
      if (const auto asked = by_id.find(id); asked != by_id.end()) {
        check_same_way(*asked->second, record.value, record.where);
      }
      if (done.insert(id).second) whole.push_back(std::move(record.value));
    }
    formats::write_records(path_.string(), whole);
    return done;
  }

  void add(const std::vector<const eval::Prompt*>& prompts,
           const std::vector<engine::AnswerText>& answers) const {
    std::string lines;
    for (size_t i = 0; i < prompts.size(); ++i) {
      lines += line_of(*prompts[i], answers[i].text, answers[i].is_finished, settings_);
    }
    append_file(path_, lines);
  }

 private:
  static std::string id_of(const json& record, const std::string& where) {
    const json id = record.is_object() ? record.value("question_id", json()) : json();
    if (id.is_string()) return id.get<std::string>();
    throw DataError(Complaint{.component = "eval",
                              .doing = "reading what is answered",
                              .expected = "an answer with a text \"question_id\"",
                              .got = json_text(record).substr(0, 80),
                              .where = where,
                              .hint = "take the line away: the question is asked again."});
  }

  // In what run.json cannot tell: the benchmark's own values, and what takes their place.
  void check_same_way(const eval::Prompt& prompt, const json& record,
                      const std::string& where) const {
    const json now = way_of(prompt, settings_);
    const json before = record.value("metadata", json::object());
    for (const char* key : {"temperature", "max_tokens", "test_prompt"}) {
      const json& value = now.at(key);
      if (!before.contains(key) || before[key] == value) continue;
      throw ConfigError(Complaint{.component = "eval",
                                  .doing = "resuming",
                                  .expected = fmt::format("{} {}", key, json_text(before[key])),
                                  .got = json_text(value),
                                  .where = where,
                                  .hint = "answers that are made in two ways are not comparable: "
                                          "take the same settings, or another --out."});
    }
  }

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

// Asks a service: resumable, and nothing is paid for twice (judge/judging.h).
void answer_by_service(const Invocation& invocation, std::vector<eval::Prompt> prompts) {
  const config::Config& c = invocation.loaded.config;
  const auto spec = judge::parse_judge(invocation.eval.endpoint);
  const double temperature = generation_of(invocation.loaded).temperature;
  std::vector<api::JudgeRequest> requests;
  for (const auto& prompt : prompts) {
    api::JudgeMessage message{.role = "user", .content = prompt.question + prompt.test_prompt};
    if (!prompt.image_bytes.empty()) {
      message.images = {image_of(prompt)};
    } else if (!prompt.image.empty()) {
      message.images = {(fs::path(c.data.images) / prompt.image).string()};
    }
    requests.push_back({.id = prompt.id,
                        .messages = {message},
                        .temperature = temperature,
                        .max_tokens = prompt.max_tokens});
  }
  requests = judge::with_settings(std::move(requests), spec);
  const auto service = judge::make_judge(spec);
  auto run = train::RunFolder::open("eval answer", invocation.loaded,
                                    {invocation.resume, invocation.force, invocation.files()},
                                    invocation.command);
  const std::string replies = (run.path() / "replies.jsonl").string();
  judge::judge_requests(requests, *service, {.file = replies, .group_size = spec.group_size});
  const json settings = {{"model", service->name()},
                         {"temperature", requests.empty() ? 0 : requests.front().temperature},
                         {"plumbline", fmt::format("{} {}", PLUMBLINE_VERSION, revision())}};
  std::string lines;
  const auto answered = judge::read_reply_file(replies);
  for (size_t i = 0; i < prompts.size(); ++i) {
    prompts[i].max_tokens = requests[i].max_tokens;
    lines += line_of(prompts[i], answered.at(i).reply, std::nullopt, settings);
  }
  write_file(run.path() / "answers.jsonl", lines);
  run.finish();
  log_info("eval: answers are in {}", (run.path() / "answers.jsonl").string());
}

// A benchmark's own length leaves no room for the question in a small model.
void limit_lengths(std::vector<eval::Prompt>& prompts, const config::Loaded& loaded,
                   const engine::Assistant& assistant) {
  if (loaded.origins.at("generation.max_tokens") != "default") return;
  const int64_t most = config::longest_sequence(assistant.model.config().text) / 2;
  const bool is_longer = std::any_of(prompts.begin(), prompts.end(),
                                     [&](const auto& prompt) { return prompt.max_tokens > most; });
  if (!is_longer) return;
  log_info(
      "eval: answers have at most {} tokens, half of the model's positions; --max-tokens sets "
      "another length",
      most);
  for (auto& prompt : prompts) prompt.max_tokens = std::min(prompt.max_tokens, most);
}

void answer_by_model(const Invocation& invocation, std::vector<eval::Prompt> prompts) {
  const config::Config& c = invocation.loaded.config;
  const at::Device device = tensor::setup_device(c.run.device, c.run.threads);
  auto assistant = engine::load_assistant(c, device);
  const std::string adapter = engine::attach_policy(assistant.model, c.model);
  limit_lengths(prompts, invocation.loaded, assistant);
  auto run = train::RunFolder::open("eval answer", invocation.loaded,
                                    {invocation.resume, invocation.force, invocation.files()},
                                    invocation.command);
  const auto generation = generation_of(invocation.loaded);
  const AnswerFile file(run.path() / "answers.jsonl", settings_of(c, generation.temperature));
  const auto done = file.read(prompts);
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
    engine::LocalGenerator generator(assistant, features, c.eval.batch_size,
                                     {.ends = engine::answer_ends(assistant, generation),
                                      .sampling = engine::sampling_options(generation, assistant),
                                      .key = random_key(c.run.seed, "eval.answer")});
    std::vector<data::Prompt> asked;
    for (const auto* prompt : portion) asked.push_back(to_prompt(*prompt));
    file.add(portion, generator.answer_prompts(asked, portion.front()->max_tokens));
    next += portion.size();
    progress.update(std::ssize(prompts) - std::ssize(open) + static_cast<int64_t>(next));
  }
  run.finish();
  log_info("eval: answers are in {}", (run.path() / "answers.jsonl").string());
}

}  // namespace

void answer_benchmark(const Invocation& invocation) {
  const auto& benchmark = benchmarks::benchmark(invocation.inputs.front());
  const bool has_model = !invocation.loaded.config.model.path.empty();
  if (has_model == !invocation.eval.endpoint.empty()) {
    throw ConfigError(Complaint{.component = "eval",
                                .doing = "looking for who answers",
                                .expected = "--model FOLDER or --endpoint 'URL model=NAME'",
                                .got = has_model ? "both" : "neither"});
  }
  auto prompts = read_prompts(benchmark, invocation.loaded, invocation.eval);
  if (has_model) return answer_by_model(invocation, std::move(prompts));
  answer_by_service(invocation, std::move(prompts));
}

}  // namespace plumbline::recipes
