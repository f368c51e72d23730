#include "plumbline/rlhf/rollout.h"

#include <ATen/ATen.h>

#include "plumbline/base/interrupt.h"
#include "plumbline/engine/batch.h"
#include "plumbline/engine/roles.h"
#include "plumbline/generate/generate.h"

namespace plumbline::rlhf {
namespace {

engine::Responses behind_prompts(const engine::Assistant& assistant,
                                 const std::vector<const data::Prompt*>& prompts,
                                 const std::vector<text::TokenIds>& answers) {
  engine::Responses responses;
  for (size_t i = 0; i < prompts.size(); ++i) {
    auto ids = text::encode_prompt(assistant.tokenizer, assistant.format, prompts[i]->turns).ids;
    ids.insert(ids.end(), answers[i].begin(), answers[i].end());
    responses.sequences.push_back(std::move(ids));
    responses.images.push_back(prompts[i]->image);
    responses.spans.append(std::ssize(answers[i]));
  }
  return responses;
}

}  // namespace

text::TokenIds Rollout::tokens(int64_t s) const {
  const auto& ids = actor.sequences[static_cast<size_t>(s)];
  return {ids.end() - actor.spans.length(s), ids.end()};
}

Rollout rollout_of(ActorCritic& roles, const std::vector<const data::Prompt*>& prompts,
                   const std::vector<text::TokenIds>& answers, const engine::AnswerEnds& ends) {
  Rollout rollout{.prompts = prompts};
  rollout.actor = behind_prompts(roles.actor(), prompts, answers);
  if (!roles.is_one_base()) rollout.other = behind_prompts(roles.critic(), prompts, answers);
  for (const auto& tokens : answers) {
    auto read = engine::read_answer(roles.actor(), ends, tokens);
    rollout.answers.push_back(std::move(read.text));
    rollout.is_finished.push_back(read.is_finished);
  }
  return rollout;
}

engine::AnswerEnds ends_of(const engine::Assistant& actor, const config::Config& c) {
  auto ends = engine::answer_ends(actor, c.generation);
  ends.cuts = c.ppo.cut_at;
  return ends;
}

Rollout respond(ActorCritic& roles, const std::vector<const data::Prompt*>& prompts, int64_t first,
                RandomKey key, const config::Config& c) {
  engine::Assistant& actor = roles.actor();
  const model::AdapterScope scope(actor.model, engine::kPolicy);
  std::vector<generate::Sequence> requests;
  for (size_t i = 0; i < prompts.size(); ++i) {
    const data::Prompt& prompt = *prompts[i];
    requests.push_back(
        {.prompt = text::encode_prompt(actor.tokenizer, actor.format, prompt.turns).ids,
         .image_rows = engine::image_rows(actor.model, roles.actor_images(), prompt.image),
         .num_samples = c.ppo.samples_per_prompt,
         .key = key.at(static_cast<uint64_t>(first) + i)});
  }
  const auto ends = ends_of(actor, c);
  const auto sampled = generate::generate(
      actor.model, requests, engine::sampling_options(c.generation, actor), c.generation.batch_size,
      [](int64_t) { stop_if_interrupted(); }, engine::end_watcher(actor, ends));
  std::vector<const data::Prompt*> of_answers;
  std::vector<text::TokenIds> answers;
  std::vector<float> drawn;
  for (size_t i = 0; i < sampled.size(); ++i) {
    for (const generate::Sampled& answer : sampled[i]) {
      of_answers.push_back(prompts[i]);
      answers.push_back(answer.tokens);
      drawn.insert(drawn.end(), answer.logprobs.begin(), answer.logprobs.end());
    }
  }
  Rollout rollout = rollout_of(roles, of_answers, answers, ends);
  rollout.sampled_logprobs = at::tensor(drawn).to(actor.device());
  return rollout;
}

}  // namespace plumbline::rlhf
