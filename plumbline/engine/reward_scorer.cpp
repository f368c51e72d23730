#include "plumbline/engine/reward_scorer.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/data/order.h"
#include "plumbline/engine/roles.h"

namespace plumbline::engine {
namespace {

// Scores of all ends of some groups, one after the other.
std::vector<double> scores_of(model::Llava& model, const FeatureStore& store,
                              const std::vector<const Branches*>& groups, const std::string& head) {
  const at::Tensor values = last_row_scores(model, make_batch(groups, store, model.device()), head)
                                .to(at::kCPU, at::kDouble)
                                .contiguous();
  return {values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel()};
}

}  // namespace

bool is_whole_model(const fs::path& folder) { return fs::exists(folder / "config.json"); }

std::string reward_base(const config::ModelConfig& config) {
  const bool is_whole = is_whole_model(config.reward_adapter);
  if (is_whole && !config.reward_base.empty()) {
    throw ConfigError(Complaint{.component = "reward model",
                                .doing = "looking for its base",
                                .expected = "model.reward_base for an adapter alone",
                                .got = "a whole model in " + config.reward_adapter,
                                .hint = "leave model.reward_base empty."});
  }
  if (is_whole) return config.reward_adapter;
  if (!config.reward_base.empty()) return config.reward_base;
  if (!config.path.empty()) return config.path;
  const fs::path file = fs::path(config.reward_adapter) / "adapter_config.json";
  std::string named = "no adapter_config.json";
  if (fs::exists(file)) {
    const auto json = checkpoint::JsonFields::read(file.string()).raw();
    const auto base = json.find("base_model_name_or_path");
    if (base != json.end() && base->is_string() && fs::exists(base->get<std::string>())) {
      return base->get<std::string>();
    }
    named = "an adapter of " + (base == json.end() ? "an unnamed base" : base->dump()) +
            ", which is not there";
  }
  throw ConfigError(
      Complaint{.component = "reward model",
                .doing = "looking for its base",
                .expected = "model.path, or an adapter that names a folder",
                .got = named,
                .where = config.reward_adapter,
                .hint = "give the folder of the model that it was trained on: --model, or "
                        "--set model.path."});
}

RewardModel load_reward_model(const config::Config& given, at::Device device,
                              const std::string& stage) {
  const std::string& folder = given.model.reward_adapter;
  config::Config c = given;
  c.model.path = reward_base(given.model);
  RewardModel loaded{load_assistant(c, device), ""};
  if (is_whole_model(folder)) {
    checkpoint::load_head(folder, loaded.assistant.model, "");
  } else {
    attach_reward(loaded.assistant.model, c.model, stage);
    loaded.head = kReward;
  }
  return loaded;
}

RewardInput load_reward_input(const config::Config& c) {
  const fs::path folder = c.model.reward_adapter;
  const bool is_told = !folder.empty() && fs::exists(folder / RewardInput::kFile);
  if (is_told || c.reward.template_file.empty()) return RewardInput::load(folder);
  return RewardInput::of(c.reward);
}

api::Candidates candidates_of(const data::Prompt& prompt, std::vector<std::string> answers) {
  const FactRequest facts = fact_request(prompt);
  return {.images = facts.images,
          .turns = prompt.turns,
          .answers = std::move(answers),
          .fact_kind = facts.kind};
}

FactRequest fact_request(const api::Candidates& question) {
  return {.images = question.images, .kind = question.fact_kind, .own = question.facts};
}

std::vector<std::vector<double>> RewardScorer::score(
    const std::vector<api::Candidates>& questions) {
  std::vector<std::vector<std::string>> facts;
  for (size_t i = 0; i < questions.size(); ++i) {
    facts.push_back(
        input_.shown_facts(assistant_.tokenizer, fact_request(questions[i]), key_.at(i)));
  }
  return score_with(questions, facts);
}

std::vector<std::vector<double>> RewardScorer::score_with(
    const std::vector<api::Candidates>& questions,
    const std::vector<std::vector<std::string>>& facts) {
  std::vector<Branches> groups;
  for (size_t i = 0; i < questions.size(); ++i) {
    const api::Candidates& question = questions[i];
    std::vector<text::TokenIds> sequences;
    for (const std::string& answer : question.answers) {
      sequences.push_back(
          input_.encode(assistant_.tokenizer, assistant_.format, question.turns, answer, facts[i])
              .ids);
      check_length(assistant_, std::ssize(sequences.back()), "an answer with its judgement",
                   question.turns.back().text.substr(0, 60));
    }
    groups.push_back(branches_of(sequences, question.images));
  }
  return score_branches(assistant_, store_, groups, head_, budget_);
}

std::vector<std::vector<double>> score_branches(Assistant& assistant, FeatureStore& store,
                                                const std::vector<Branches>& groups,
                                                const std::string& head, int64_t budget) {
  const at::NoGradGuard no_grad;
  std::vector<int64_t> lengths;
  for (const Branches& group : groups) lengths.push_back(group.num_rows());
  store.prepare(assistant.model, data::images_of(groups));
  const model::AdapterScope scope(assistant.model, head);
  std::vector<std::vector<double>> result;
  for (const auto& part : data::micro_batches(lengths, budget)) {
    std::vector<const Branches*> some;
    for (const int64_t i : part) some.push_back(&groups[static_cast<size_t>(i)]);
    const auto scores = scores_of(assistant.model, store, some, head);
    auto next = scores.begin();
    for (const Branches* group : some) {
      result.emplace_back(next, next + std::ssize(group->ends));
      next += std::ssize(group->ends);
    }
    stop_if_interrupted();
  }
  return result;
}

}  // namespace plumbline::engine
