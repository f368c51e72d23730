#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "plumbline/config/fields.h"

namespace plumbline::config {
namespace {

using Problems = std::vector<Problem>;

bool is_device(const std::string& device) {
  constexpr std::string_view cuda = "cuda:";
  if (device == "cpu" || device == "cuda") return true;
  return device.starts_with(cuda) && device.size() > cuda.size() && device.size() < 9 &&
         std::all_of(device.begin() + cuda.size(), device.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

void check_divides(Problems& problems, const std::string& section, const std::string& part_key,
                   int64_t part, const std::string& whole_key, int64_t whole) {
  if (part > 0 && whole % part == 0) return;
  problems.push_back(
      {section + "." + part_key,
       fmt::format(" = {}: expected a divisor of {}.{} = {}", part, section, whole_key, whole)});
}

void check_at_most(Problems& problems, const std::string& key, int64_t value,
                   const std::string& limit_key, int64_t limit) {
  if (value <= limit) return;
  problems.push_back(
      {key, fmt::format(" = {}: expected at most {} = {}", value, limit_key, limit)});
}

void check_ppo(Problems& problems, const Config& c) {
  check_divides(problems, "ppo", "minibatch_size", c.ppo.minibatch_size, "rollout_size",
                c.ppo.rollout_size);
  check_divides(problems, "ppo", "samples_per_prompt", c.ppo.samples_per_prompt, "rollout_size",
                c.ppo.rollout_size);
  const bool needs_groups =
      c.ppo.advantage == Advantage::Rloo || c.ppo.advantage == Advantage::Grpo;
  if (needs_groups && c.ppo.samples_per_prompt < 2) {
    problems.push_back({"ppo.samples_per_prompt",
                        fmt::format(" = {}: expected at least 2 with ppo.advantage = rloo or grpo",
                                    c.ppo.samples_per_prompt)});
  }
  if (c.ppo.dual_clip != 0 && c.ppo.dual_clip <= 1) {
    problems.push_back(
        {"ppo.dual_clip", fmt::format(" = {}: expected 0, or a number above 1", c.ppo.dual_clip)});
  }
  if (c.ppo.advantage != Advantage::Gae && c.ppo.value_warmup_steps > 0) {
    problems.push_back(
        {"ppo.value_warmup_steps", fmt::format(" = {}: expected 0 where ppo.advantage is not gae",
                                               c.ppo.value_warmup_steps)});
  }
  if (c.ppo.kl_in == KlPlace::Loss && (c.ppo.kl_estimator == KlEstimatorKind::K1 ||
                                       c.ppo.kl_estimator == KlEstimatorKind::K1Clamped)) {
    problems.push_back(
        {"ppo.kl_estimator",
         fmt::format(" = {}: expected k2 or k3 with ppo.kl_in = loss, as the gradient of k1 is no "
                     "gradient of a KL",
                     names_of(c.ppo.kl_estimator)[static_cast<size_t>(c.ppo.kl_estimator)])});
  }
  // rl/kl_controller.cpp changes by at most a fifth.
  const double change = 0.2 * static_cast<double>(c.ppo.rollout_size);
  if (c.ppo.kl_controller == KlControllerKind::Adaptive &&
      (c.ppo.kl_coef == 0 || static_cast<double>(c.ppo.kl_horizon) <= change)) {
    problems.push_back({"ppo.kl_controller",
                        fmt::format(" = adaptive: expected ppo.kl_coef above 0 and ppo.kl_horizon "
                                    "above {:g}, a fifth of ppo.rollout_size",
                                    change)});
  }
  check_at_most(problems, "ppo.value_warmup_steps", c.ppo.value_warmup_steps, "ppo.total_steps",
                c.ppo.total_steps);
}

// An empty text stands everywhere.
void check_texts(Problems& problems, const std::string& key,
                 const std::vector<std::string>& texts) {
  if (std::find(texts.begin(), texts.end(), "") == texts.end()) return;
  problems.push_back({key, ": expected texts, got an empty one"});
}

void check_pretrain(Problems& problems, const PretrainConfig& c) {
  check_divides(problems, "pretrain", "vision_heads", c.vision_heads, "vision_hidden",
                c.vision_hidden);
  check_divides(problems, "pretrain", "text_heads", c.text_heads, "text_hidden", c.text_hidden);
  check_divides(problems, "pretrain", "text_kv_heads", c.text_kv_heads, "text_heads", c.text_heads);
  if (c.text_hidden % c.text_heads == 0 && c.text_hidden / c.text_heads % 2 != 0) {
    problems.push_back(
        {"pretrain.text_hidden",
         fmt::format(" = {}: expected an even width per head, got {} / {} = {}", c.text_hidden,
                     c.text_hidden, c.text_heads, c.text_hidden / c.text_heads)});
  }
}

void check_reward(Problems& problems, const RewardConfig& c) {
  for (const std::string& text : c.annotator_weights) {
    if (parse_weight(text)) continue;
    problems.push_back(
        {"reward.annotator_weights",
         fmt::format(": expected name=weight with a weight of 0 or more, got '{}'", text)});
  }
}

}  // namespace

std::optional<std::pair<std::string, double>> parse_weight(const std::string& text) {
  const size_t sign = text.rfind('=');
  if (sign == std::string::npos || sign == 0) return std::nullopt;
  const std::string number = text.substr(sign + 1);
  double weight = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), weight);
  const bool is_whole = error == std::errc() && end == number.data() + number.size();
  if (!is_whole || !(weight >= 0) || !std::isfinite(weight)) return std::nullopt;
  return std::pair(text.substr(0, sign), weight);
}

std::vector<Problem> validate(const Config& c) {
  Problems problems;
  if (!is_device(c.run.device)) {
    problems.push_back(
        {"run.device", fmt::format(" = \"{}\": expected cpu, cuda or cuda:N", c.run.device)});
  }
  check_at_most(problems, "generation.min_tokens", c.generation.min_tokens, "generation.max_tokens",
                c.generation.max_tokens);
  if (c.lora.targets.empty()) {
    problems.push_back({"lora.targets", " = []: expected at least one name"});
  }
  for (const std::string& module : c.lora.saved_modules) {
    if (module == "embed_tokens" || module == "lm_head" || module == "multi_modal_projector")
      continue;
    problems.push_back({"lora.saved_modules",
                        fmt::format(" = [\"{}\"]: expected names among embed_tokens, lm_head, "
                                    "multi_modal_projector",
                                    module)});
  }
  check_ppo(problems, c);
  check_texts(problems, "generation.stop", c.generation.stop);
  check_texts(problems, "ppo.cut_at", c.ppo.cut_at);
  check_at_most(problems, "annotate.votes_per_pair", c.annotate.votes_per_pair,
                "annotate.num_annotators", c.annotate.num_annotators);
  check_reward(problems, c.reward);
  check_pretrain(problems, c.pretrain);
  return problems;
}

}  // namespace plumbline::config
