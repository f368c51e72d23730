// A judge behind an HTTP endpoint that speaks OpenAI's chat completions.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "plumbline/api/judge.h"
#include "plumbline/judge/budget.h"
#include "plumbline/judge/chat_request.h"
#include "plumbline/remote/attempts.h"
#include "plumbline/remote/pace.h"

namespace plumbline::judge {

struct ChatOptions {
  std::string url;  // a base URL, or that of chat completions (chat_url)
  ChatModel model;
  std::string name = {};          // beside the replies; empty: the model's, and its seed
  std::string key_variable = {};  // the environment variable that holds a bearer key
  double timeout_seconds = 120;   // of one attempt
  remote::Retries retries = {.count = 5, .first_wait_seconds = 1};
  double requests_per_minute = 0;  // attempts that fail count, too; 0: no limit
  BudgetLimits budget = {};
  int parallel = 1;  // requests at a time
};

// Replies are those of chat_request.h. A failed connection, a late reply and the statuses 429 and
// 5xx are tried again (remote/http.h), other failures are not. When a signal comes, requests that
// are under way are waited for, as they cost money. The key is in no log, error or reply.
class ChatService : public api::Judge {
 public:
  // Throws ConfigError for a URL that is none.
  explicit ChatService(ChatOptions options);

  std::string name() const override;
  std::string spent() const override;
  std::vector<std::string> reply(const std::vector<api::JudgeRequest>& requests) override;
  // Throws what names the request: DataError for a reply that is none, ConfigError for a key that
  // is missing, IoError when there is no reply, BudgetReached, Interrupted.
  void reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) override;

 private:
  api::JudgeReply ask(const api::JudgeRequest& request);
  void note_model(const std::string& model);

  ChatOptions options_;
  remote::Pace pace_;
  Budget budget_;
  std::mutex mutex_;
  std::string model_;  // as the service reported it last
};

}  // namespace plumbline::judge
