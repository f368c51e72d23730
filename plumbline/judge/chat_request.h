// The JSON that goes to a chat service and comes back, without the network.
//
// Source: the public reference of OpenAI's "chat completions", which vLLM, llama.cpp, Ollama and
// many others speak.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plumbline/api/judge.h"

namespace plumbline::judge {

struct ChatModel {
  std::string name;                        // as the service calls it
  std::string limit_field = "max_tokens";  // newer models want "max_completion_tokens"
  std::optional<int64_t> seed = {};        // for services that know one
};

// "http://host/v1" -> ".../v1/chat/completions": a base URL becomes that of chat completions, one
// without a path gets "/v1", too. A URL of chat completions stays as it is, and so does a query.
std::string chat_url(const std::string& url);

// The body of a request. Bytes that are not UTF-8 become U+FFFD.
std::string chat_body(const ChatModel& model, const api::JudgeRequest& request);

struct ChatReply {
  std::string text;
  std::string model = {};                  // as the service reports it, or empty
  std::optional<int64_t> num_tokens = {};  // in and out together, where it reports them
  bool is_cut = false;                     // at the token limit
};

// What a service said. Throws DataError, which names the request and quotes what came, for all but
// one choice with a message whose content is a text.
ChatReply read_chat_reply(const std::string& text, const std::string& request_id);

}  // namespace plumbline::judge
