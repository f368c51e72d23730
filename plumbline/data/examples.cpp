#include "plumbline/data/examples.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "plumbline/base/error.h"
#include "plumbline/base/interrupt.h"
#include "plumbline/data/record_checks.h"

namespace plumbline::data {
namespace {

using text::EncodedConversation;

EncodedConversation encode_text(const text::Tokenizer& tokenizer, const text::PromptFormat& format,
                                const std::string& text) {
  EncodedConversation encoded;
  if (format.begin_token >= 0) encoded.ids.push_back(format.begin_token);
  const auto tokens = tokenizer.encode(text);
  encoded.ids.insert(encoded.ids.end(), tokens.begin(), tokens.end());
  encoded.ids.push_back(format.end_token);
  return encoded;
}

// Every token that one before it can predict, but images.
std::vector<std::pair<int64_t, int64_t>> all_spans(const text::TokenIds& ids, int64_t image_token) {
  std::vector<std::pair<int64_t, int64_t>> spans;
  for (int64_t i = 1; i < std::ssize(ids); ++i) {
    if (ids[static_cast<size_t>(i)] == image_token) continue;
    if (spans.empty() || spans.back().second != i) spans.emplace_back(i, i);
    spans.back().second = i + 1;
  }
  return spans;
}

}  // namespace

EncodedConversation encode_record(const text::Tokenizer& tokenizer,
                                  const text::PromptFormat& format, const Conversation& record,
                                  config::Labels labels) {
  if (record.turns.empty()) {
    EncodedConversation encoded = encode_text(tokenizer, format, record.text);
    encoded.answers = all_spans(encoded.ids, -1);
    return encoded;
  }
  EncodedConversation encoded = text::encode(tokenizer, format, record.turns);
  switch (labels) {
    case config::Labels::Answers:
      break;
    case config::Labels::LastAnswer:
      if (encoded.answers.size() > 1) encoded.answers = {encoded.answers.back()};
      break;
    case config::Labels::Everything:
      encoded.answers = all_spans(encoded.ids, format.image_token);
      break;
  }
  return encoded;
}

void truncate(EncodedConversation& encoded, int64_t max_tokens, int64_t image_token,
              int64_t image_tokens) {
  if (std::ssize(encoded.ids) <= max_tokens) return;
  const auto begin = encoded.ids.begin();
  int64_t kept = max_tokens;
  if (image_token >= 0 && image_tokens > 0) {
    const auto rows = std::count(begin, begin + max_tokens, image_token);
    kept -= rows % image_tokens;
    encoded.num_images = rows / image_tokens;
  }
  encoded.ids.resize(static_cast<size_t>(kept));
  auto& answers = encoded.answers;
  while (!answers.empty() && answers.back().first >= kept) answers.pop_back();
  if (!answers.empty()) answers.back().second = std::min(answers.back().second, kept);
}

int64_t num_answer_tokens(const EncodedConversation& encoded) {
  int64_t count = 0;
  for (const auto& [begin, end] : encoded.answers) count += end - begin;
  return count;
}

Examples::Examples(const text::Tokenizer& tokenizer, text::PromptFormat format, TrainingSet set,
                   ExampleOptions options, BadRecords bad, const std::string& where)
    : tokenizer_(tokenizer),
      format_(std::move(format)),
      options_(options),
      records_(std::move(set.records)),
      sources_(std::move(set.sources)) {
  PLUMBLINE_CHECK(options_.max_tokens > 0, fmt::format("max_tokens = {}", options_.max_tokens));
  Problems problems(where, "reading training examples");
  lengths_.resize(records_.size());
  answer_tokens_.resize(records_.size());
  std::vector<bool> is_kept;
  std::map<Fate, int64_t> counts;
  for (size_t i = 0; i < records_.size(); ++i) {
    const auto [fate, problem] = take(i);
    ++counts[fate];
    is_kept.push_back(fate == Fate::Whole || fate == Fate::Truncated);
    if (bad == BadRecords::Refuse && !problem.empty()) {
      problems.add("record '" + records_[i].id + "'", problem);
    }
    if (i % 1024 == 0) stop_if_interrupted();
  }
  problems.finish();
  const auto note = [&](Fate fate, const char* what) {
    if (counts[fate] == 0) return;
    notes_ += fmt::format("{}{} {}", notes_.empty() ? "" : ", ", counts[fate], what);
  };
  note(Fate::Truncated, "truncated");
  note(Fate::TooLong, "too long and left out");
  note(Fate::WithoutLabel, "without anything to learn left out");
  note(Fate::Wrong, "that cannot be encoded left out");
  keep(is_kept);
  if (!records_.empty()) return;
  throw DataError(Complaint{.component = "data",
                            .doing = "reading training examples",
                            .expected = "at least one example",
                            .got = notes_.empty() ? "none" : "none: " + notes_,
                            .where = where});
}

Examples::Taken Examples::take(size_t i) {
  EncodedConversation encoded;
  try {
    encoded = encode_record(tokenizer_, format_, records_[i], options_.labels);
  } catch (const Error& e) {
    return {Fate::Wrong, e.what()};
  }
  if (num_answer_tokens(encoded) == 0) {
    return {Fate::WithoutLabel, "expected an answer to learn, got none with a weight"};
  }
  const int64_t length = std::ssize(encoded.ids);
  const bool is_too_long = length > options_.max_tokens;
  if (is_too_long && options_.too_long == config::TooLong::Refuse) {
    return {Fate::TooLong,
            fmt::format("expected at most {} token rows (sft.max_tokens, or the model's "
                        "max_position_embeddings), got {} (sft.too_long = \"skip\" or "
                        "\"truncate\" goes on without, or with a part)",
                        options_.max_tokens, length)};
  }
  if (is_too_long && options_.too_long == config::TooLong::Skip) return {Fate::TooLong};
  if (is_too_long) {
    truncate(encoded, options_.max_tokens, format_.image_token, format_.image_tokens);
    if (num_answer_tokens(encoded) == 0) return {Fate::TooLong};
  }
  lengths_[i] = std::ssize(encoded.ids);
  answer_tokens_[i] = num_answer_tokens(encoded);
  records_[i].images.resize(static_cast<size_t>(encoded.num_images));
  return {is_too_long ? Fate::Truncated : Fate::Whole};
}

Example Examples::at(int64_t i) const {
  const Conversation& record = records_[static_cast<size_t>(i)];
  Example example{.encoded = encode_record(tokenizer_, format_, record, options_.labels),
                  .images = record.images};
  truncate(example.encoded, options_.max_tokens, format_.image_token, format_.image_tokens);
  return example;
}

void Examples::remove_images(const std::function<bool(const std::string&)>& is_removed) {
  std::vector<bool> is_kept;
  for (const Conversation& record : records_) {
    is_kept.push_back(std::none_of(record.images.begin(), record.images.end(), is_removed));
  }
  keep(is_kept);
}

void Examples::keep(const std::vector<bool>& is_kept) {
  const auto thinned = [&](auto& values) {
    size_t kept = 0;
    for (size_t i = 0; i < is_kept.size(); ++i) {
      if (is_kept[i] && kept++ != i) values[kept - 1] = std::move(values[i]);
    }
    values.resize(kept);
  };
  int64_t first = 0;
  for (Source& source : sources_) {
    const auto begin = is_kept.begin() + source.first;
    source.count = std::count(begin, begin + source.count, true);
    source.first = first;
    first += source.count;
  }
  thinned(records_);
  thinned(lengths_);
  thinned(answer_tokens_);
}

}  // namespace plumbline::data
