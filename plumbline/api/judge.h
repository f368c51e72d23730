// Who rates answers, or gives them, as evaluation knows it. No tensors, no network.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace plumbline::api {

struct JudgeMessage {
  std::string role;                      // "system" or "user"
  std::string content;                   // text
  std::vector<std::string> images = {};  // shown before the text: files, or data URLs
};

// One thing to judge. Equal requests may be answered by one reply.
struct JudgeRequest {
  std::string id;  // of the answer that is judged, unique in a file
  std::vector<JudgeMessage> messages;
  double temperature = 0;
  int64_t max_tokens = 1024;
  // The answer that is judged, kept beside the reply, which then counts for no other answer.
  std::optional<std::string> about = {};
};

struct JudgeReply {
  std::string text;        // raw
  std::string model = {};  // what the judge says it is, where it does: a service's exact model
};

class Judge {
 public:
  // Takes the reply to requests[index]. May throw, which ends the judging.
  using Take = std::function<void(size_t index, const JudgeReply& reply)>;

  virtual ~Judge() = default;
  // Name and version, kept beside every reply.
  virtual std::string name() const = 0;
  // What it has cost so far, in words for people; empty where nobody counts.
  virtual std::string spent() const { return {}; }
  // A raw reply to each request, in order. Throws Error when there is none after all retries.
  virtual std::vector<std::string> reply(const std::vector<JudgeRequest>& requests) = 0;
  // The same, but hands over each reply as soon as it is there, in any order: those before an error
  // are not lost. `take` is called by the caller's thread. Throws DataError for replies that are
  // not what they should be, after which asking other requests makes sense.
  virtual void reply_each(const std::vector<JudgeRequest>& requests, const Take& take) {
    const auto replies = reply(requests);
    for (size_t i = 0; i < replies.size(); ++i) take(i, {replies[i]});
  }
};

// What reply() is to a judge that has its own reply_each().
inline std::vector<std::string> collected_replies(Judge& judge,
                                                  const std::vector<JudgeRequest>& requests) {
  std::vector<std::string> replies(requests.size());
  judge.reply_each(requests,
                   [&](size_t i, const JudgeReply& reply) { replies.at(i) = reply.text; });
  return replies;
}

}  // namespace plumbline::api
