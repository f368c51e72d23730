#include "plumbline/engine/answer_writer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace plumbline::engine {

AnswerWriter::AnswerWriter(const Assistant& assistant, std::function<void(std::string_view)> show)
    : decoder_(assistant.tokenizer),
      lead_(assistant.format.conversation.lead),
      stop_(text::end_text_of(assistant.tokenizer, assistant.format.conversation)),
      show_(std::move(show)) {}

bool AnswerWriter::add(int64_t token) { return take(decoder_.push(token), /*is_last=*/false); }

std::string AnswerWriter::finish() {
  take(decoder_.finish(), /*is_last=*/true);
  return text_;
}

bool AnswerWriter::take(const std::string& more, bool is_last) {
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
  if (show_ && !shown.empty()) show_(shown);
  return !is_over_;
}

// How much of the end may be the beginning of the stop text.
size_t AnswerWriter::begun_stop() const {
  for (size_t size = std::min(stop_.size() - 1, pending_.size()); size > 0; --size) {
    if (pending_.ends_with(std::string_view(stop_).substr(0, size))) return size;
  }
  return 0;
}

std::string answer_text(const Assistant& assistant, const text::TokenIds& tokens) {
  AnswerWriter writer(assistant);
  for (const int64_t token : tokens) writer.add(token);
  return writer.finish();
}

generate::TokenWatcher end_watcher(const Assistant& assistant) {
  if (text::end_text_of(assistant.tokenizer, assistant.format.conversation).empty()) return {};
  auto writers = std::make_shared<std::map<std::pair<size_t, int64_t>, AnswerWriter>>();
  return [&assistant, writers](size_t sequence, int64_t sample, int64_t token) {
    const auto found = writers->try_emplace({sequence, sample}, assistant).first;
    return found->second.add(token);
  };
}

}  // namespace plumbline::engine
