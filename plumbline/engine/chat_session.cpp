#include "plumbline/engine/chat_session.h"

#include <ATen/ATen.h>

#include "plumbline/base/error.h"
#include "plumbline/engine/answer_writer.h"
#include "plumbline/engine/batch.h"
#include "plumbline/generate/generate.h"

namespace plumbline::engine {
void ChatSession::add_image(const std::string& path) {
  if (!assistant_.model.config().takes_images()) {
    throw ConfigError(Complaint{.component = "chat",
                                .doing = "adding an image",
                                .expected = "a model that takes images",
                                .got = "a language model alone"});
  }
  if (path.empty()) {
    throw DataError(Complaint{.component = "chat",
                              .doing = "adding an image",
                              .expected = "the path of a picture",
                              .got = "none"});
  }
  FeatureStore store(assistant_.preprocess, "");
  store.prepare(assistant_.model, {path});
  image_rows_.push_back(engine::image_rows(assistant_.model, store, path));
  images_.push_back(path);
  ++num_new_images_;
}

std::string ChatSession::ask(const std::string& text,
                             const std::function<void(std::string_view)>& show,
                             const std::function<bool()>& go_on) {
  auto turns = turns_;
  turns.push_back({.is_user = true, .text = text, .images_before = num_new_images_});
  const auto prompt = text::encode_prompt(assistant_.tokenizer, assistant_.format, turns);
  check_length(assistant_, std::ssize(prompt.ids) + sampling_.max_tokens,
               "the conversation and an answer", "chat");
  const generate::Sequence sequence{
      .prompt = prompt.ids,
      .image_rows = image_rows_.empty() ? at::Tensor() : at::cat(image_rows_),
      .key = key_.at(num_answers_)};
  AnswerWriter writer(assistant_, ends_, show);
  generate::generate(assistant_.model, {sequence}, sampling_, 1, {},
                     [&](size_t, int64_t, int64_t token) { return writer.add(token) && go_on(); });
  const std::string answer = writer.finish();
  turns.push_back({.is_user = false, .text = answer});
  turns_ = std::move(turns);
  num_new_images_ = 0;
  ++num_answers_;
  return answer;
}

void ChatSession::reset() {
  turns_.clear();
  images_.clear();
  image_rows_.clear();
  num_new_images_ = 0;
}

data::Conversation ChatSession::record() const {
  data::Conversation record{"chat", images_, {}};
  for (text::Turn turn : turns_) {
    for (int64_t i = 0; i < turn.images_before; ++i) turn.text = text::with_image(turn.text);
    turn.images_before = -1;
    record.turns.push_back(turn);
  }
  return record;
}

}  // namespace plumbline::engine
