#include "plumbline/judge/chat_service.h"

#include <fmt/format.h>

#include <utility>

#include "plumbline/base/log.h"
#include "plumbline/judge/parallel_replies.h"
#include "plumbline/remote/http.h"

namespace plumbline::judge {

ChatService::ChatService(ChatOptions options)
    : options_(std::move(options)), pace_(options_.requests_per_minute), budget_(options_.budget) {
  options_.url = chat_url(options_.url);
}

std::string ChatService::name() const {
  if (!options_.name.empty()) return options_.name;
  const auto& seed = options_.model.seed;
  return options_.model.name + (seed ? fmt::format(" seed={}", *seed) : "");
}

std::string ChatService::spent() const {
  const int64_t tokens = budget_.num_tokens();
  return fmt::format("{} requests", budget_.num_requests()) +
         (tokens > 0 ? fmt::format(", {} tokens", tokens) : "");
}

std::vector<std::string> ChatService::reply(const std::vector<api::JudgeRequest>& requests) {
  return api::collected_replies(*this, requests);
}

void ChatService::reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) {
  parallel_replies(
      requests.size(), options_.parallel, [&](size_t i) { return ask(requests[i]); }, take);
}

api::JudgeReply ChatService::ask(const api::JudgeRequest& request) {
  const std::string text = remote::post_json({.url = options_.url,
                                              .doing = fmt::format("asking about '{}'", request.id),
                                              .timeout_seconds = options_.timeout_seconds,
                                              .retries = options_.retries,
                                              .key_variable = options_.key_variable,
                                              .before_attempt =
                                                  [this] {
                                                    pace_.wait();
                                                    budget_.spend_request();
                                                  },
                                              .finishes_when_interrupted = true},
                                             chat_body(options_.model, request));
  ChatReply reply = read_chat_reply(text, request.id);
  budget_.spend_tokens(reply.num_tokens);
  note_model(reply.model);
  if (reply.is_cut) {
    log_warning("[eval] The reply about '{}' was cut off at {} tokens.", request.id,
                request.max_tokens);
  }
  return {.text = std::move(reply.text), .model = std::move(reply.model)};
}

void ChatService::note_model(const std::string& model) {
  const std::lock_guard lock(mutex_);
  if (model.empty() || model == model_) return;
  if (!model_.empty()) {
    log_warning("[eval] The service now answers as '{}', before as '{}'.", model, model_);
  } else if (model != options_.model.name) {
    log_info("The service answers as '{}'.", model);
  }
  model_ = model;
}

}  // namespace plumbline::judge
