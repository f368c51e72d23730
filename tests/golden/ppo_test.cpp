// One iteration of PPO beside the same one made with transformers and peft, where prompts and
// answers are padded (tools/golden/ppo_step.py). Answers are given: only their numbers are
// compared.
#include <gmock/gmock.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/checkpoint/adapter.h"
#include "plumbline/checkpoint/tensors.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/reward_scorer.h"
#include "plumbline/engine/roles.h"
#include "plumbline/rlhf/measured.h"
#include "plumbline/rlhf/shaped.h"
#include "plumbline/rlhf/update.h"
#include "tests/golden/names.h"
#include "tests/support/compare.h"

namespace plumbline {
namespace {

using nlohmann::json;

const fs::path kPpo = "tests/golden/ppo", kTraining = "tests/golden/training";
// The reference's own rounding is 1.1e-5 of gradients whose norm is 80, 7e-6 of values (its files).
constexpr double kTolerance = 1e-4;

json read_json(const fs::path& file) { return json::parse(read_file(file)); }

// Settings of a mode's file in our names.
config::Config config_of(const json& s) {
  std::vector<std::string> sets = {"run.dtype=float32",
                                   "model.path=" + (kTraining / "base").string(),
                                   "model.conversation=vicuna_v1",
                                   "model.adapter=" + (kPpo / "policy").string(),
                                   "model.reward_adapter=tests/golden/reward/start",
                                   "reward.template=tests/golden/reward/turn.toml",
                                   "data.images=" + (kTraining / "images").string(),
                                   "data.facts=" + (kPpo / "facts.json").string(),
                                   "ppo.rollout_size=12",
                                   "ppo.minibatch_size=6",
                                   "ppo.total_steps=1",
                                   "ppo.micro_tokens=120",  // several passes each
                                   "optimizer.schedule=constant",
                                   "optimizer.warmup_ratio=0"};
  const auto set = [&](const std::string& key, const char* name) {
    if (s.contains(name) && !s[name].is_null()) {
      sets.push_back(key + "=" +
                     (s[name].is_string() ? s[name].get<std::string>() : s[name].dump()));
    }
  };
  for (const auto& [key, name] :
       std::map<std::string, const char*>{{"generation.max_tokens", "response_len"},
                                          {"generation.temperature", "temperature"},
                                          {"optimizer.lr", "lr"},
                                          {"optimizer.beta1", "beta1"},
                                          {"optimizer.beta2", "beta2"},
                                          {"optimizer.eps", "eps"},
                                          {"optimizer.weight_decay", "weight_decay"},
                                          {"optimizer.max_grad_norm", "max_grad_norm"},
                                          {"ppo.clip_range", "clip_range"},
                                          {"ppo.dual_clip", "dual_clip"},
                                          {"ppo.value_clip_range", "value_clip_range"},
                                          {"ppo.vf_coef", "vf_coef"},
                                          {"ppo.entropy_coef", "entropy_coef"},
                                          {"ppo.gamma", "gamma"},
                                          {"ppo.lambda", "lambda"},
                                          {"ppo.kl_coef", "kl_coef"},
                                          {"ppo.kl_estimator", "kl_estimator"},
                                          {"ppo.kl_in", "kl_in"},
                                          {"ppo.missing_end_penalty", "missing_end_penalty"},
                                          {"ppo.length_penalty", "length_penalty"},
                                          {"ppo.correctness_bonus", "correctness_bonus"},
                                          {"ppo.symmetric_yes_no", "symmetric_yes_no"},
                                          {"ppo.reward_scale", "reward_scale"},
                                          {"ppo.advantage", "advantages"},
                                          {"ppo.samples_per_prompt", "group_size"}}) {
    set(key, name);
  }
  if (s.at("padding") == "published") sets.push_back("ppo.positions=padded");
  if (s.value("loss_mean", "") == "sequences") sets.push_back("ppo.loss_weights=answers");
  return config::load(std::nullopt, sets).config;
}

class GoldenPpo : public testing::TestWithParam<const char*> {
 protected:
  GoldenPpo()
      : expected_(read_json(kPpo / (std::string(GetParam()) + ".json"))),
        c_(config_of(expected_.at("settings"))),
        roles_(rlhf::ActorCritic::load(c_, c_.ppo.advantage == config::Advantage::Gae, at::kCPU,
                                       random_key(1, "golden"))),
        prompts_(data::read_prompts((kPpo / "prompts.json").string(), c_.data.images)),
        input_(engine::load_reward_input(c_)) {
    auto& model = roles_.actor().model;
    replace(model, engine::kReference, kPpo / "reference");
    if (roles_.has_values()) replace(model, engine::kValue, kPpo / "value");
    roles_.prepare(data::images_of(prompts_));
    std::vector<engine::FactRequest> requests;
    for (const auto& prompt : prompts_) requests.push_back(engine::fact_request(prompt));
    input_.read_facts(c_.data.facts, requests);
    answer();
    layout_ = rlhf::layout_of(rollout_.spans(), c_);
  }

  static void replace(model::Llava& model, const char* role, const fs::path& folder) {
    model.remove_adapter(role);
    checkpoint::load_adapter(folder.string(), model, role);
  }

  void answer() {
    const bool in_groups = c_.ppo.samples_per_prompt > 1;
    const json all = read_json(kPpo / "answers.json").at(in_groups ? "groups" : "answers");
    std::vector<const data::Prompt*> of_answers;
    std::vector<text::TokenIds> tokens;
    for (size_t i = 0; i < all.size(); ++i) {
      of_answers.push_back(&prompts_[i / static_cast<size_t>(c_.ppo.samples_per_prompt)]);
      EXPECT_EQ(of_answers.back()->id, all[i].at("id"));
      tokens.push_back(all[i].at("tokens").get<text::TokenIds>());
    }
    rollout_ = rlhf::rollout_of(roles_, of_answers, tokens,
                                engine::answer_ends(roles_.actor(), c_.generation));
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(rollout_.is_finished[i], all[i].at("is_stopped").get<bool>()) << i;
    }
  }

  void measure() {
    rlhf::measure_tokens(roles_, rollout_, layout_, c_, measured_);
    measured_.scores =
        rlhf::model_scores(roles_, input_, rollout_, 0, random_key(1, "golden.facts"), c_.ppo);
    rl::Moments scale;
    shaped_ = rlhf::shape(rlhf::terms_of(rollout_, measured_, scale, c_, *alone_), measured_,
                          layout_, c_.ppo.kl_coef, c_.ppo, *alone_);
    advantages_ = rlhf::advantages_of(shaped_, measured_, layout_, c_.ppo, *alone_);
  }

  // The numbers of all answers, one after the other; expect_close names the first that differs.
  void expect_close(const at::Tensor& found, const char* name) const {
    std::vector<double> wanted;
    for (const json& of_answer : expected_.at(name)) {
      for (const json& value : of_answer) wanted.push_back(value.get<double>());
    }
    EXPECT_TRUE(support::is_close(found, at::tensor(wanted, at::kDouble), kTolerance)) << name;
  }
  void expect_close(const std::vector<double>& found, const json& wanted,
                    const std::string& name) const {
    EXPECT_TRUE(support::is_close(at::tensor(found, at::kDouble),
                                  at::tensor(wanted.get<std::vector<double>>(), at::kDouble),
                                  kTolerance))
        << name;
  }
  rlhf::Lesson lesson() const {
    std::vector<double> lengths;
    for (const int64_t length : layout_.answers.lengths()) {
      lengths.push_back(static_cast<double>(length));
    }
    std::vector<double> tokens;
    for (const int64_t length : rollout_.spans().lengths()) {
      tokens.push_back(static_cast<double>(length));
    }
    return {answered_, advantages_, lengths, tokens, c_.ppo.kl_coef};
  }

  const json expected_;
  const config::Config c_;
  rlhf::ActorCritic roles_;
  const std::vector<data::Prompt> prompts_;
  engine::RewardInput input_;
  const std::unique_ptr<parallel::Communicator> alone_ = parallel::make_local();
  rlhf::Answered answered_;
  rlhf::Rollout& rollout_ = answered_.rollout;
  rl::Layout& layout_ = answered_.layout;
  rlhf::Measured& measured_ = answered_.measured;
  rlhf::Shaped shaped_;
  rl::Advantages advantages_;
};

TEST_P(GoldenPpo, PromptsAreTheSameTokens) {
  const json all = read_json(kPpo / "encoded.json").at("prompts");
  for (size_t i = 0; i < prompts_.size(); ++i) {
    EXPECT_EQ(
        text::encode_prompt(roles_.actor().tokenizer, roles_.actor().format, prompts_[i].turns).ids,
        all[i].at("ids").get<text::TokenIds>())
        << prompts_[i].id;
  }
}

TEST_P(GoldenPpo, EveryTermAgrees) {
  measure();
  expect_close(measured_.scores, expected_.at("scores"), "scores");
  std::map<std::string, std::vector<double>> computed = {{"kl", shaped_.kl}};
  for (const auto& term : shaped_.terms) computed[term.name] = term.values;
  // Terms that the reference does not have are ours alone, and 0 here.
  for (const auto& [name, values] : expected_.at("terms").items()) {
    expect_close(computed.at(name), values, name);
    computed.erase(name);
  }
  for (const auto& [name, values] : computed) {
    EXPECT_EQ(std::count(values.begin(), values.end(), 0), std::ssize(values)) << name;
  }
  expect_close(measured_.logprobs, "logprobs");
  expect_close(measured_.ref_logprobs, "ref_logprobs");
}

TEST_P(GoldenPpo, RewardsAndAdvantagesAgree) {
  measure();
  expect_close(advantages_.advantages, "advantages");
  if (!roles_.has_values()) return;
  expect_close(measured_.values, "values");
  expect_close(shaped_.rewards, "shaped_rewards");
  expect_close(advantages_.returns, "returns");
}

// Samples of the first minibatch's gradients, before they are clipped.
void expect_gradients(const nn::Parameters& trained, const json& wanted, const std::string& role) {
  size_t num_samples = 0;
  for (const auto& [peft_name, gradient] : wanted.items()) {
    const bool is_head = peft_name.starts_with("reward_head.");
    const std::string name =
        is_head ? role + "_head." + peft_name.substr(12) : role + "." + classic(peft_name);
    ASSERT_TRUE(trained.contains(name)) << name;
    const at::Tensor found = trained.at(name).grad().flatten();
    const double norm = gradient.at("norm").get<double>();
    EXPECT_NEAR(found.norm().item<double>(), norm, kTolerance * norm) << name;
    for (const json& sample : gradient.at("samples")) {
      EXPECT_NEAR(found[sample[0].get<int64_t>()].item<double>(), sample[1].get<double>(),
                  kTolerance * norm)
          << name;
      ++num_samples;
    }
  }
  EXPECT_GT(num_samples, 100U);
}

TEST_P(GoldenPpo, LossesGradientsAndTheAdapterAgree) {
  measure();
  train::Trainable trainable("ppo", roles_.trained(), c_.optimizer);
  const auto task = lesson();
  const auto& minibatches = expected_.at("minibatches");
  for (size_t i = 0; i < minibatches.size(); ++i) {
    SCOPED_TRACE(fmt::format("minibatch {}", i));
    const json& wanted = minibatches[i];
    trainable.zero_grad();
    auto figures = rlhf::backward(roles_, task, wanted.at("answers").get<std::vector<int64_t>>(),
                                  true, c_, trainable);
    if (i == 0) {
      for (const char* role : {"policy", "value"}) {
        if (!expected_.at("gradients").contains(role)) continue;
        expect_gradients(trainable.parameters(), expected_["gradients"][role], role);
      }
    }
    figures.merge(trainable.step(0, 1, figures));
    const auto near = [&](const char* name, double value) {
      EXPECT_NEAR(figures.at(name), value, kTolerance * (1 + std::abs(value))) << name;
    };
    near("loss/policy", wanted.at("loss_policy"));
    near("grad_norm", wanted.at("grad_norm"));
    if (wanted.contains("loss_kl")) near("loss/kl", wanted["loss_kl"]);
    // The reference counts padding, where nothing changes; figures of the policy here are of
    // tokens.
    const double share = wanted.at("positions").get<double>() / wanted.at("tokens").get<double>();
    near("policy/entropy", wanted.at("entropy"));
    near("policy/approx_kl", wanted.at("approx_kl").get<double>() * share);
    near("policy/clip_fraction", wanted.at("outside_fraction").get<double>() * share);
    near("policy/ratio_mean", 1 + (wanted.at("ratio_mean").get<double>() - 1) * share);
    if (!wanted.contains("loss_value")) continue;
    near("loss/value", wanted.at("loss_value"));
    near("value/clip_fraction", wanted.at("value_clip_fraction"));
  }
  for (const char* role : {engine::kPolicy, engine::kValue}) {
    const fs::path folder = kPpo / (std::string(GetParam()) + "_final") / role;
    if (!fs::exists(folder)) continue;
    for (const auto& [name, tensor] :
         checkpoint::load_tensors((folder / "adapter_model.safetensors").string())) {
      const auto found = roles_.actor().model.adapter_parameters(role).at(classic(name));
      EXPECT_TRUE(support::is_close(found, tensor, kTolerance)) << name;
    }
    if (role == std::string(engine::kPolicy)) continue;
    for (const auto& [name, tensor] :
         checkpoint::load_tensors((folder / "reward_head.safetensors").string())) {
      const auto found = roles_.actor().model.head_parameters(role).at(name);
      EXPECT_TRUE(support::is_close(found, tensor, kTolerance)) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, GoldenPpo, testing::Values("paper", "plumbline", "grpo"),
                         [](const auto& mode) { return std::string(mode.param); });

}  // namespace
}  // namespace plumbline
