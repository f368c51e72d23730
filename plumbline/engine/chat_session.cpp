#include "plumbline/engine/chat_session.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/engine/batch.h"
#include "plumbline/generate/generate.h"
#include "plumbline/text/stream_decoder.h"

namespace plumbline::engine {
namespace {

// Writes an answer as text: without the template's blank in front, and without what ends it.
class AnswerWriter {
 public:
  AnswerWriter(const Assistant& assistant, const std::function<void(std::string_view)>& show)
      : decoder_(assistant.tokenizer),
        lead_(assistant.format.conversation.lead),
        stop_(text::end_text_of(assistant.tokenizer, assistant.format.conversation)),
        show_(show) {}

  // False when the answer has come to its end.
  bool add(int64_t token) { return take(decoder_.push(token), /*is_last=*/false); }
  std::string finish() {
    take(decoder_.finish(), /*is_last=*/true);
    return text_;
  }

 private:
  bool take(const std::string& more, bool is_last) {
    if (is_over_) return false;
    pending_ += more;
    if (is_at_start_ && !pending_.empty() && !lead_.empty()) {
      if (pending_.starts_with(lead_)) pending_.erase(0, lead_.size());
      is_at_start_ = false;
    }
    size_t sure = pending_.size();
    if (!stop_.empty()) {
      const size_t found = pending_.find(stop_);
      is_over_ = found != std::string::npos;
      sure = is_over_ ? found : is_last ? sure : sure - begun_stop();
    }
    const std::string shown = pending_.substr(0, sure);
    pending_ = is_over_ ? "" : pending_.substr(sure);
    text_ += shown;
    if (!shown.empty()) show_(shown);
    return !is_over_;
  }

  // How much of the end may be the beginning of the stop text.
  size_t begun_stop() const {
    for (size_t size = std::min(stop_.size() - 1, pending_.size()); size > 0; --size) {
      if (pending_.ends_with(std::string_view(stop_).substr(0, size))) return size;
    }
    return 0;
  }

  text::StreamDecoder decoder_;
  std::string lead_, stop_;
  const std::function<void(std::string_view)>& show_;
  std::string pending_, text_;
  bool is_at_start_ = true, is_over_ = false;
};

}  // namespace

void ChatSession::add_image(const std::string& path) {
  if (!assistant_.model.config().takes_images()) {
    throw ConfigError(Complaint{.component = "chat",
                                .doing = "adding an image",
                                .expected = "a model that takes images",
                                .got = "a language model alone"});
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
  AnswerWriter writer(assistant_, show);
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
  data::Conversation record{"chat", images_.empty() ? "" : images_.front(), {}};
  for (text::Turn turn : turns_) {
    for (int64_t i = 0; i < turn.images_before; ++i) turn.text = text::with_image(turn.text);
    turn.images_before = -1;
    record.turns.push_back(turn);
  }
  return record;
}

}  // namespace plumbline::engine
