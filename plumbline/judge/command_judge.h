// A judge that is a shell command.
#pragma once

#include <string>
#include <vector>

#include "plumbline/api/judge.h"
#include "plumbline/remote/attempts.h"

namespace plumbline::judge {

struct CommandJudgeOptions {
  std::string line;              // for /bin/sh -c
  std::string name = {};         // beside the replies; empty: the command
  double timeout_seconds = 600;  // of one process
  remote::Retries retries = {.count = 1};
};

// The command gets a line of JSON per request on stdin:
//
//   {"id": "7", "messages": [{"role": "user", "content": "..."}], "temperature": 0.0,
//    "max_tokens": 1024}
//
// and writes a line of JSON per reply to stdout, in their order: {"id": "7", "reply": "..."}, where
// an id must match, or just a JSON string. One process for all requests of a call; each line is
// taken as soon as it is there. When the process fails, those without a reply are asked again.
class CommandJudge : public api::Judge {
 public:
  explicit CommandJudge(CommandJudgeOptions options) : options_(std::move(options)) {}

  std::string name() const override;
  std::vector<std::string> reply(const std::vector<api::JudgeRequest>& requests) override;
  // Throws DataError, at once, for a line that is not as above, too many or too few lines: it names
  // the request and quotes what came. IoError when the command fails after all retries
  // (remote/command.h), Interrupted.
  void reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) override;

 private:
  CommandJudgeOptions options_;
};

}  // namespace plumbline::judge
