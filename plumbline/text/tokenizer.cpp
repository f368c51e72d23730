#include "plumbline/text/tokenizer.h"

#include "plumbline/base/files.h"
#include "plumbline/text/tokenizer_data.h"

namespace plumbline::text {
namespace {

using Data = Tokenizer::Data;

bool wants_prefix(const PrefixStep& step, TextStart start, std::string_view text) {
  const bool is_place =
      step.where == PrefixStep::Where::Always
          ? start != TextStart::Text
          : step.where == PrefixStep::Where::First && start == TextStart::Sequence;
  return is_place && !text.empty() && (step.doubles || !text.starts_with(step.blank));
}

// Blanks at both ends are dropped, and of several marks in a row all but one.
std::string without_extra(std::string_view text, std::string_view mark) {
  std::string out;
  while (text.starts_with(mark)) text.remove_prefix(mark.size());
  while (text.ends_with(mark)) text.remove_suffix(mark.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const bool is_repeated = text.substr(at).starts_with(mark) && out.ends_with(mark);
    if (is_repeated) {
      at += mark.size() - 1;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string marked(const MarkStep& step, std::string_view text, TextStart start) {
  std::string out = replaced(text, " ", step.mark);
  if (step.drops_extra) out = without_extra(out, step.mark);
  if (wants_prefix(step.prefix, start, out)) out.insert(0, step.mark);
  return out;
}

class Encoder {
 public:
  Encoder(const Data& data, TokenIds& out) : data_(data), out_(out) {}

  // Text without added tokens, from the given step on.
  void words(std::string_view text, size_t level, TextStart start) {
    if (text.empty()) return;
    if (level == data_.word_steps.size()) return data_.model->encode(text, out_);
    const WordStep& step = data_.word_steps[level];
    if (step.split) return split(*step.split, text, level, start);
    if (step.mark) return mark(*step.mark, text, level, start);
    if (wants_prefix(*step.prefix, start, text)) {
      return words(step.prefix->blank + std::string(text), level + 1, start);
    }
    words(text, level + 1, start);
  }

 private:
  void split(const SplitStep& step, std::string_view text, size_t level, TextStart start) {
    bool is_first = true;
    // The steps behind see each piece by itself; only the first may be the beginning of all.
    for (const Piece& piece : step.splitter.split(text)) {
      const bool is_kept = piece.is_match ? step.keeps_matches : step.keeps_gaps;
      if (is_kept) words(piece.text, level + 1, is_first ? start : TextStart::AfterToken);
      is_first = false;
    }
  }

  void mark(const MarkStep& step, std::string_view text, size_t level, TextStart start) {
    const std::string all = marked(step, text, start);
    if (!step.splits) return words(all, level + 1, start);
    for (size_t begin = 0; begin < all.size();) {
      const size_t end = std::min(all.find(step.mark, begin + 1), all.size());
      words(std::string_view(all).substr(begin, end - begin), level + 1,
            begin == 0 ? start : TextStart::AfterToken);
      begin = end;
    }
  }

  const Data& data_;
  TokenIds& out_;
};

// Calls `rest` with each text between added tokens and what stands before it, and puts out the
// tokens themselves.
template <class Rest>
void split_added(const AddedTokenFinder& added, std::string_view text, bool with_special,
                 TextStart start, TokenIds& out, Rest rest) {
  for (const auto& [piece, token] : added.split(text, with_special)) {
    if (token != nullptr) {
      out.push_back(token->id);
    } else {
      rest(piece, start);
    }
    start = TextStart::AfterToken;
  }
}

}  // namespace

Tokenizer Tokenizer::load(const std::string& path) {
  return Tokenizer(parse_tokenizer(read_file(path), path));
}

TokenIds Tokenizer::encode(std::string_view text, EncodeOptions options) const {
  TokenIds out;
  Encoder encoder(*data_, out);
  const bool special = options.with_special;
  const auto plain = [&](std::string_view piece, TextStart there) {
    encoder.words(piece, 0, there);
  };
  const auto raw = [&](std::string_view piece, TextStart there) {
    if (data_->normalizer.empty()) {
      return split_added(data_->normalized_added, piece, special, there, out, plain);
    }
    const std::string normal = normalized(data_->normalizer, piece, there == TextStart::Text);
    split_added(data_->normalized_added, normal, special, there, out, plain);
  };
  split_added(data_->raw_added, text, special, options.start, out, raw);
  return out;
}

std::vector<Tokenizer::Piece> Tokenizer::cut_at_special(std::string_view text) const {
  std::vector<Piece> pieces;
  for (const auto& [piece, token] : data_->special.split(text, /*with_special=*/true)) {
    pieces.push_back({piece, token != nullptr ? token->id : -1});
  }
  return pieces;
}

std::string Tokenizer::decode(const TokenIds& ids, bool with_special) const {
  TextJoiner joiner(data_->decoding);
  for (const int64_t id : ids) {
    if (id < 0 || id >= vocab_size() || (is_special(id) && !with_special)) continue;
    joiner.add(data_->tokens[static_cast<size_t>(id)].text);
  }
  return joiner.finish();
}

const TokenIds& Tokenizer::begin_ids() const { return data_->begin_ids; }
const TokenIds& Tokenizer::end_ids() const { return data_->end_ids; }

int64_t Tokenizer::vocab_size() const { return static_cast<int64_t>(data_->tokens.size()); }

int64_t Tokenizer::id(std::string_view token) const {
  const auto found = data_->ids.find(std::string(token));
  return found == data_->ids.end() ? -1 : found->second;
}

std::string Tokenizer::token(int64_t id) const {
  if (id < 0 || id >= vocab_size()) return {};
  return data_->tokens[static_cast<size_t>(id)].text.bytes;
}

bool Tokenizer::is_special(int64_t id) const {
  return id >= 0 && id < vocab_size() && data_->tokens[static_cast<size_t>(id)].is_special;
}

}  // namespace plumbline::text
