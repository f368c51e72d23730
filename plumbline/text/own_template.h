// Conversations written by the checkpoint's own chat template.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plumbline/text/chat_template.h"
#include "plumbline/text/conversation.h"

namespace plumbline::text {

struct OwnTemplate {
  ChatTemplate chat;
  std::optional<std::string> begin_text = {};  // bos_token and eos_token, as the template sees them
  std::optional<std::string> end_text = {};
  bool has_parts = false;  // contents are lists of image and text parts, as for LLaVA
};

// The template of a model's folder: chat_template.jinja, chat_template.json or the chat_template of
// tokenizer_config.json (of several the one named "default"). Nothing when there is none. Throws
// IoError or DataError.
std::optional<OwnTemplate> load_own_template(const std::string& folder, bool has_parts);

// Token rows of turns that end with either role; after a user's turn the answer is opened. What the
// turns spell is data: no special token comes from it. Answer ranges end with the answer's last
// special token, or with its text when the template writes none. Throws DataError when the template
// refuses the turns, writes another number of images than they have, or changes what it wrote of
// earlier turns as the conversation goes on.
EncodedConversation encode_with_own_template(const Tokenizer&, const PromptFormat&,
                                             const std::vector<Turn>& turns);

// The same for turns that end with a user's, with the answer begun: up to the end of `opening`,
// which is not empty. Throws DataError also when the template does not write it as it is.
EncodedConversation begin_with_own_template(const Tokenizer&, const PromptFormat&,
                                            std::vector<Turn> turns, const std::string& opening);

}  // namespace plumbline::text
