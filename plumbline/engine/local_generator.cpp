#include "plumbline/engine/local_generator.h"

#include <ATen/ATen.h>

#include "plumbline/base/interrupt.h"
#include "plumbline/data/records.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/batch.h"
#include "plumbline/generate/generate.h"

namespace plumbline::engine {

std::vector<std::string> LocalGenerator::answer(const std::vector<api::Question>& questions,
                                                int64_t max_tokens) {
  std::vector<data::Prompt> prompts;
  for (const auto& question : questions) {
    prompts.push_back(
        {.id = "",
         .image = question.image,
         .turns = {
             {.is_user = true,
              .text = question.image.empty() ? question.text : text::with_image(question.text)}}});
  }
  std::vector<std::string> answers;
  for (auto& answer : answer_prompts(prompts, max_tokens))
    answers.push_back(std::move(answer.text));
  return answers;
}

std::vector<AnswerText> LocalGenerator::answer_prompts(const std::vector<data::Prompt>& prompts,
                                                       int64_t max_tokens) {
  const auto images = data::images_of(prompts);
  std::vector<generate::Sequence> sequences;
  for (const auto& prompt : prompts) {
    sequences.push_back(
        {.prompt = text::encode_prompt(assistant_.tokenizer, assistant_.format, prompt.turns).ids,
         .key = options_.key.at(prompt.id)});
    check_length(assistant_, std::ssize(sequences.back().prompt) + max_tokens,
                 "a question and its answer", prompt.turns.back().text.substr(0, 60));
  }
  store_.prepare(assistant_.model, images);
  for (size_t i = 0; i < images.size(); ++i) {
    sequences[i].image_rows = image_rows(assistant_.model, store_, images[i]);
  }
  const AnswerEnds ends = options_.ends ? *options_.ends : answer_ends(assistant_);
  auto sampling = options_.sampling.value_or(greedy_options(max_tokens, assistant_));
  sampling.max_tokens = max_tokens;
  const auto sampled = generate::generate(
      assistant_.model, sequences, sampling, max_slots_,
      [&](int64_t) {
        if (options_.stops_on_signal) stop_if_interrupted();
      },
      end_watcher(assistant_, ends));
  std::vector<AnswerText> answers;
  for (const auto& samples : sampled) {
    answers.push_back(read_answer(assistant_, ends, samples.front().tokens));
  }
  return answers;
}

}  // namespace plumbline::engine
