// Records as what a model is trained on: token rows, and which of them are learnt.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/data/training_set.h"
#include "plumbline/text/conversation.h"

namespace plumbline::data {

// A record's tokens; its `answers` are the spans that `labels` asks for: of all answers that are
// trained, of the last of them, or of every token but the first and those of images. Raw text is
// learnt whole, with the end token. Throws what text::encode throws.
text::EncodedConversation encode_record(const text::Tokenizer& tokenizer,
                                        const text::PromptFormat& format,
                                        const Conversation& record, config::Labels labels);

// Leaves at most `max_tokens` rows, and no part of an image: a cut within one is made before it. An
// answer that is cut ends without its end token, and is not taught to end there.
//   image_token, image_tokens  of images, and rows per image
void truncate(text::EncodedConversation& encoded, int64_t max_tokens, int64_t image_token,
              int64_t image_tokens);

int64_t num_answer_tokens(const text::EncodedConversation& encoded);

struct ExampleOptions {
  config::Labels labels = config::Labels::Answers;
  int64_t max_tokens = 0;
  config::TooLong too_long = config::TooLong::Refuse;
};

struct Example {
  text::EncodedConversation encoded;
  std::vector<std::string> images;  // of its placeholders
};

// All examples of a training set. Tokens are made when an example is asked for; lengths are known.
class Examples {
 public:
  // Encodes every record once to check it. Examples without anything to learn are refused, or left
  // out where `bad` records are skipped; so are those that are too long, as the options say.
  // Throws DataError for all problems together, and when nothing is left. `where` names the file.
  // The tokenizer must outlive it.
  Examples(const text::Tokenizer& tokenizer, text::PromptFormat format, TrainingSet set,
           ExampleOptions options, BadRecords bad, const std::string& where);

  int64_t size() const { return std::ssize(records_); }
  Example at(int64_t i) const;
  const std::vector<std::string>& images_at(int64_t i) const {
    return records_[static_cast<size_t>(i)].images;
  }
  const std::string& id(int64_t i) const { return records_[static_cast<size_t>(i)].id; }
  // The examples that show one of these images go.
  void remove_images(const std::function<bool(const std::string&)>& is_removed);

  const std::vector<int64_t>& lengths() const { return lengths_; }  // token rows
  int64_t longest() const { return *std::max_element(lengths_.begin(), lengths_.end()); }
  int64_t answer_tokens(int64_t i) const { return answer_tokens_[static_cast<size_t>(i)]; }
  const std::vector<Source>& sources() const { return sources_; }
  std::vector<std::string> images() const { return data::images_of(records_); }
  // "2 truncated, 1 too long and left out", or "".
  const std::string& notes() const { return notes_; }

 private:
  // What becomes of a record, and what is wrong with it.
  enum class Fate { Whole, Truncated, TooLong, WithoutLabel, Wrong };
  struct Taken {
    Fate fate;
    std::string problem = {};
  };

  // Encodes the record and notes its lengths.
  Taken take(size_t i);
  void keep(const std::vector<bool>& is_kept);

  const text::Tokenizer& tokenizer_;
  text::PromptFormat format_;
  ExampleOptions options_;
  std::vector<Conversation> records_;
  std::vector<Source> sources_;
  std::vector<int64_t> lengths_, answer_tokens_;
  std::string notes_;
};

}  // namespace plumbline::data
