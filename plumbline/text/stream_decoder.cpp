#include "plumbline/text/stream_decoder.h"

#include "plumbline/text/tokenizer_data.h"

namespace plumbline::text {

struct StreamDecoder::State {
  std::shared_ptr<const Tokenizer::Data> data;
  bool with_special;
  TextJoiner joiner;
};

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer, bool with_special)
    : state_(new State{tokenizer.data_, with_special, TextJoiner(tokenizer.data_->decoding)}) {}

StreamDecoder::~StreamDecoder() = default;
StreamDecoder::StreamDecoder(StreamDecoder&&) noexcept = default;
StreamDecoder& StreamDecoder::operator=(StreamDecoder&&) noexcept = default;

std::string StreamDecoder::push(int64_t id) {
  const auto& tokens = state_->data->tokens;
  if (id < 0 || id >= static_cast<int64_t>(tokens.size())) return {};
  const auto& token = tokens[static_cast<size_t>(id)];
  if (token.is_special && !state_->with_special) return {};
  state_->joiner.add(token.text);
  return state_->joiner.take();
}

std::string StreamDecoder::finish() { return state_->joiner.finish(); }

}  // namespace plumbline::text
