// The reward model's input: the conversation with its answer, facts, and the judging turn.
#pragma once

#include <string>
#include <vector>

#include "plumbline/text/conversation.h"

namespace plumbline::text {

// Read from a TOML file with these keys; `{facts}` may stand in `before_question` or in `judge` (or
// neither); judge and opening must not be empty.
//   before_question  text put after the image placeholder of the first user turn and the line
//                    break behind it
//   judge            text of the user turn that asks for a judgement
//   opening          opening of the assistant's reply
//   end_token        true, as the authors do, and when it is missing: the end token follows the
//                    opening, and the score is read there. false: the score is read at the
//                    opening's last token, where a base that was taught to judge decides its word;
//                    what its last layer has made up there, no later token can see
//   facts_header     written before the facts, only when there are any
//   fact             one fact, with the slot {fact}
//   text_file        in place of judge and opening: a text of the form
//                    "USER: judge ASSISTANT: opening" with the slot {factual_prompt}, as LLaVA-RLHF
//                    keeps it; its path starts from the TOML file's folder
struct RewardTemplate {
  std::string before_question;
  std::string judge;
  std::string opening;
  std::string facts_header;
  std::string fact;
  bool end_token = true;

  // Whether there is a place for facts.
  bool has_facts_slot() const;
};

// One fact as it is written.
std::string fact_line(const RewardTemplate&, const std::string& fact);

// Throws ConfigError naming file and key (unknown slots too).
RewardTemplate load_reward_template(const std::string& path);

// Token rows of the reward model for turns that end with the answer. `facts` may be empty: the slot
// vanishes. kImagePlaceholder in the last answer or in a fact is ordinary characters: a model may
// write anything. The score is the head's value at the last row. The first `answers.back().first`
// rows hold everything before the last answer.
EncodedConversation encode_for_reward(const Tokenizer&, const PromptFormat&, const RewardTemplate&,
                                      const std::vector<Turn>& turns,
                                      const std::vector<std::string>& facts);

}  // namespace plumbline::text
