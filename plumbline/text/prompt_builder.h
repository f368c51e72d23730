// Puts a conversation together piece by piece; used by conversation.cpp and reward_prompt.cpp.
#pragma once

#include <string>
#include <string_view>

#include "plumbline/text/conversation.h"

namespace plumbline::text {

// Text is collected and encoded as one piece when a control token, an answer or the end comes.
class PromptBuilder {
 public:
  // Starts with the begin token and the template's opening.
  PromptBuilder(const Tokenizer& tokenizer, const PromptFormat& format);

  void open_user();
  // A part of a template: spellings of special tokens in it are these tokens.
  void fixed(std::string_view text);
  // Plain text: a placeholder's spelling in it is ordinary characters.
  void plain(std::string_view text) { pending_ += text; }
  // Text of a user turn, whose placeholders become image rows.
  void with_images(std::string_view text);
  // A user turn's images and text, with `inserted` behind the images and the line break after them,
  // or in front when there are none.
  void turn(const Turn& turn, const std::string& inserted = "");
  // Ends the user turn: " ASSISTANT:".
  void open_answer();
  // The answer's text as a piece of its own, and its end. Returns the tokens' range.
  std::pair<int64_t, int64_t> answer(const std::string& text);

  // The same without its end.
  void begun_answer(const std::string& text);

  // What a chat template has written: spellings of special tokens are these tokens, the image
  // token's an image. `mark` is taken out of the text between them.
  void rendered(std::string_view text, std::string_view mark);
  // Encodes the text so far as a piece of its own; the number of tokens.
  int64_t boundary();

  // The range of an answer that is trained.
  void add_answer_range(std::pair<int64_t, int64_t> range) { out_.answers.push_back(range); }
  EncodedConversation take();

 private:
  void image();
  void token(int64_t id);
  void flush();

  const Tokenizer& tokenizer_;
  const PromptFormat& format_;
  std::string pending_;
  TextStart start_ = TextStart::Sequence;  // of the pending text
  int64_t num_user_turns_ = 0;
  bool owes_after_ = false;  // an answer's `after`, due when a turn follows
  EncodedConversation out_;
};

// Throws DataError unless turns alternate from a user's, end with the given role, and have
// placeholders in user turns only. With `any_last_answer`, the last turn may spell one; where
// images are counted (images_before), every turn may.
void check_turns(const std::vector<Turn>& turns, bool ends_with_user, bool any_last_answer = false);

}  // namespace plumbline::text
