// Who rates answers, as evaluation knows it. No tensors, no network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline::api {

struct JudgeMessage {
  std::string role;     // "system" or "user"
  std::string content;  // text
};

// One thing to judge. Equal requests may be answered by one reply.
struct JudgeRequest {
  std::string id;  // of the answer that is judged, unique in a file
  std::vector<JudgeMessage> messages;
  double temperature = 0;
  int64_t max_tokens = 1024;
};

class Judge {
 public:
  virtual ~Judge() = default;
  // Name and version, kept beside every reply.
  virtual std::string name() const = 0;
  // A raw reply to each request, in order. Throws Error when there is none after all retries.
  virtual std::vector<std::string> reply(const std::vector<JudgeRequest>& requests) = 0;
};

}  // namespace plumbline::api
