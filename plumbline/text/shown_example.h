// Examples as the model sees them, for people.
#pragma once

#include <string>

#include "plumbline/text/conversation.h"

namespace plumbline::text {

// One line per token: its place, id, whether it is trained, and spelling; an image is one line.
std::string token_table(const Tokenizer& tokenizer, const PromptFormat& format,
                        const EncodedConversation& encoded);

// The text with what is trained between ⟦ and ⟧, control tokens spelt out, and "[image: 576 rows]"
// for images.
std::string marked_text(const Tokenizer& tokenizer, const PromptFormat& format,
                        const EncodedConversation& encoded);

}  // namespace plumbline::text
