#include "plumbline/engine/answer_writer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace plumbline::engine {

namespace {

// Where the first of these texts begins in `in`, and how long it is.
struct Found {
  size_t place = std::string::npos, size = 0;
};
Found first_of(const std::string& in, const std::vector<std::string>& texts) {
  Found first;
  for (const std::string& text : texts) {
    const size_t place = in.find(text);
    if (place < first.place) first = {place, text.size()};
  }
  return first;
}

}  // namespace

AnswerEnds answer_ends(const Assistant& assistant, const config::GenerationConfig& config) {
  AnswerEnds ends;
  const std::string style = text::end_text_of(assistant.tokenizer, assistant.format.conversation);
  if (!style.empty()) ends.texts.push_back(style);
  for (const std::string& stop : config.stop) {
    const int64_t id = assistant.tokenizer.id(stop);
    if (id >= 0 && assistant.tokenizer.is_special(id)) {
      ends.tokens.push_back(id);
    } else {
      ends.texts.push_back(stop);
    }
  }
  return ends;
}

AnswerWriter::AnswerWriter(const Assistant& assistant, AnswerEnds ends,
                           std::function<void(std::string_view)> show)
    : decoder_(assistant.tokenizer),
      lead_(assistant.format.conversation.lead),
      ends_(std::move(ends)),
      end_token_(assistant.format.end_token),
      show_(std::move(show)) {}

bool AnswerWriter::add(int64_t token) {
  const bool ends = token == end_token_ || std::find(ends_.tokens.begin(), ends_.tokens.end(),
                                                     token) != ends_.tokens.end();
  if (ends && !is_over_) {
    take(decoder_.finish(), /*is_last=*/true);
    is_finished_ = is_finished_ || !is_over_;  // not where the rest was cut off
    is_over_ = true;
  }
  return !is_over_ && take(decoder_.push(token), /*is_last=*/false);
}

std::string AnswerWriter::finish() {
  if (!is_over_) take(decoder_.finish(), /*is_last=*/true);
  return text_;
}

bool AnswerWriter::take(const std::string& more, bool is_last) {
  if (is_over_) return false;
  pending_ += more;
  if (is_at_start_ && !pending_.empty() && !lead_.empty()) {
    if (pending_.starts_with(lead_)) pending_.erase(0, lead_.size());
    is_at_start_ = false;
  }
  const Found end = first_of(pending_, ends_.texts), cut = first_of(pending_, ends_.cuts);
  is_over_ = end.place != std::string::npos || cut.place != std::string::npos;
  is_finished_ = is_over_ && end.place <= cut.place;
  const size_t sure = is_finished_ ? end.place
                      : is_over_   ? cut.place + cut.size
                      : is_last    ? pending_.size()
                                   : pending_.size() - begun_end();
  const std::string shown = pending_.substr(0, sure);
  pending_ = is_over_ ? "" : pending_.substr(sure);
  text_ += shown;
  if (show_ && !shown.empty()) show_(shown);
  return !is_over_;
}

// How much of the end may be the beginning of a text that ends answers.
size_t AnswerWriter::begun_end() const {
  size_t most = 0;
  for (const auto* texts : {&ends_.texts, &ends_.cuts}) {
    for (const std::string& text : *texts) {
      for (size_t size = std::min(text.size() - 1, pending_.size()); size > most; --size) {
        if (pending_.ends_with(std::string_view(text).substr(0, size))) most = size;
      }
    }
  }
  return most;
}

AnswerText read_answer(const Assistant& assistant, const AnswerEnds& ends,
                       const text::TokenIds& tokens) {
  AnswerWriter writer(assistant, ends);
  for (const int64_t token : tokens) writer.add(token);
  AnswerText answer{.text = writer.finish()};
  answer.is_finished = writer.is_finished();
  return answer;
}

generate::TokenWatcher end_watcher(const Assistant& assistant, const AnswerEnds& ends) {
  if (ends.texts.empty() && ends.cuts.empty() && ends.tokens.empty()) return {};
  auto writers = std::make_shared<std::map<std::pair<size_t, int64_t>, AnswerWriter>>();
  return [&assistant, ends, writers](size_t sequence, int64_t sample, int64_t token) {
    const auto found = writers->try_emplace({sequence, sample}, assistant, ends).first;
    return found->second.add(token);
  };
}

}  // namespace plumbline::engine
