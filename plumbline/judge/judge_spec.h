// Judges as the command line names them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/api/judge.h"
#include "plumbline/judge/chat_service.h"
#include "plumbline/judge/command_judge.h"

namespace plumbline::judge {

enum class JudgeKind { Service, Command, Recorded, Local };

struct JudgeSpec {
  JudgeKind kind = JudgeKind::Service;
  std::string path = {};  // of recorded replies, or of a local model
  ChatOptions service = {};
  CommandJudgeOptions command = {};
  std::string name = {};   // beside the replies; empty: what the judge calls itself
  size_t group_size = 16;  // for JudgingOptions; of a service at least 4 per thread
  // In place of the benchmark's.
  std::optional<double> temperature = {};
  std::optional<int64_t> max_tokens = {};
};

// A judge in one text:
//
//   URL model=NAME [KEY=VALUE ...]     a service (chat_service.h); http:// or https://
//   command [KEY=VALUE ...]: LINE      a shell command (command_judge.h): all after the colon
//   recorded [KEY=VALUE ...]: FILE     replies of another run (recorded_judge.h)
//   local [KEY=VALUE ...]: PATH        a model directory of Plumbline
//
// Keys of a service: model, key (the NAME of an environment variable), rpm (requests per minute),
// budget (requests), budget_tokens, parallel (64 at most), seed, limit_field, timeout (seconds),
// retries. Of a command: timeout, retries. Of all: name, group, temperature, max_tokens. Values
// have no blanks.
//
// Throws ConfigError for another form, an unknown or doubled key, and a value out of range. It
// never shows the value of `key`, in case it is the key itself.
JudgeSpec parse_judge(const std::string& text);

// Throws as the judges' constructors do, and InternalError for a local model, which the caller
// makes.
std::unique_ptr<api::Judge> make_judge(const JudgeSpec& spec);

// The requests with the settings of the spec in place of theirs.
std::vector<api::JudgeRequest> with_settings(std::vector<api::JudgeRequest> requests,
                                             const JudgeSpec& spec);

}  // namespace plumbline::judge
