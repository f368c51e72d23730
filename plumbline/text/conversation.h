// Conversations as the model reads them: templates, images in prompts, and which tokens are
// answers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/text/tokenizer.h"

namespace plumbline::text {

// How turns become text: opening, then for each round
// user TEXT assistant lead ANSWER end after. Special tokens are spelt out in all parts.
struct ConversationTemplate {
  std::string name;
  std::string opening = {};     // the system text with what separates it
  std::string user = {};        // before a user turn
  std::string first_user = {};  // the same before the first one, when not empty
  std::string assistant = {};   // behind a user turn; a prompt ends with it
  std::string lead = {};        // begins every answer
  // Ends every answer: a special token, text that belongs to the answer ("###"), or both (" </s>").
  // Empty: the model's own end token.
  std::string end = {};
  std::string after = {};  // behind an answer when another turn follows
};

// Known names: vicuna_v1 (the same as v1), llava_v1, llava_v0, llava_llama_2, plain and mpt as
// LLaVA has them (source: its conversation.py), chatml as Qwen2 and SmolLM2 have it, and brief
// (vicuna_v1 without the system sentence). Throws ConfigError.
const ConversationTemplate& conversation_template(std::string_view name);

inline constexpr std::string_view kImagePlaceholder = "<image>";

// The first user turn of a conversation about a picture: the placeholder, then the text.
std::string with_image(std::string_view text);

struct Turn {
  bool is_user = true;
  std::string text;  // may hold kImagePlaceholder in a user turn
  bool is_trained =
      true;  // an answer that is a training target; `"weight": 0` in JSON turns it off
  // A user turn's images, each on a line of its own before the text, where a placeholder's spelling
  // is data. -1: placeholders in the text stand for images.
  int64_t images_before = -1;
  friend bool operator==(const Turn&, const Turn&) = default;
};

// Token rows of one conversation. `answers` are [begin, end) token ranges, one per assistant turn
// whose is_trained is set, the end token included.
struct EncodedConversation {
  TokenIds ids;  // kImagePlaceholder expanded to `image_tokens` copies of the image token
  std::vector<std::pair<int64_t, int64_t>> answers;
  int64_t num_images = 0;
};

struct OwnTemplate;  // own_template.h

// What a model's tokenizer calls its control tokens, and how many rows an image takes.
struct PromptFormat {
  ConversationTemplate conversation = {};
  int64_t image_token = -1;  // -1: the model takes no images
  int64_t image_tokens = 0;  // rows per image
  int64_t end_token = -1;
  int64_t begin_token = -1;  // put first when >= 0
  // The original LLaVA encodes the text behind an image as if it were the first of a sequence;
  // Hugging Face's processor as text behind any token.
  bool image_restarts_text = false;
  // The checkpoint's chat template; when set, it writes the turns instead of `conversation`.
  std::shared_ptr<const OwnTemplate> own_template = {};
};

// The token that ends an answer, by which generation stops: the template's, or else the model's.
int64_t end_token_of(const Tokenizer&, const ConversationTemplate&, int64_t model_end_token);
// The text before that token which ends an answer too ("###"), or nothing.
std::string end_text_of(const Tokenizer&, const ConversationTemplate&);

// Encodes whole turns. Every piece between control tokens is encoded by itself, so a generated
// answer's tokens continue a prompt exactly as they stand in a training example.
EncodedConversation encode(const Tokenizer&, const PromptFormat&, const std::vector<Turn>& turns);
// Encodes turns that end with a user turn and opens the answer: "... ASSISTANT:".
EncodedConversation encode_prompt(const Tokenizer&, const PromptFormat&,
                                  const std::vector<Turn>& turns);

// Training targets of conversations whose rows stand one after the other: row `rows[i]`, of all
// rows, must predict token `tokens[i]`, which stands one row later.
struct AnswerTargets {
  std::vector<int64_t> rows;
  TokenIds tokens;
};
AnswerTargets answer_targets(const std::vector<const EncodedConversation*>& conversations);

}  // namespace plumbline::text
