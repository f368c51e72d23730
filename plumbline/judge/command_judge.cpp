#include "plumbline/judge/command_judge.h"

#include <fmt/format.h>

#include <exception>
#include <nlohmann/json.hpp>
#include <span>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/eval/answer_file.h"
#include "plumbline/remote/command.h"
#include "plumbline/remote/excerpt.h"

namespace plumbline::judge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Requests = std::span<const api::JudgeRequest>;

std::string line_of(const api::JudgeRequest& request) {
  ordered_json line = {{"id", request.id}, {"messages", ordered_json::array()}};
  for (const auto& message : request.messages) {
    ordered_json shown = {{"role", message.role}, {"content", message.content}};
    if (!message.images.empty()) shown["images"] = message.images;
    line["messages"].push_back(shown);
  }
  line["temperature"] = request.temperature;
  line["max_tokens"] = request.max_tokens;
  return json_text(line);
}

[[noreturn]] void wrong(const std::string& command, const std::string& expected,
                        const std::string& got) {
  throw DataError({.component = "eval",
                   .doing = "asking a command",
                   .expected = expected,
                   .got = got,
                   .where = remote::excerpt(command, 200)});
}

std::string read_reply(const std::string& command, const std::string& id, const std::string& line) {
  const json value = try_parse_json(line, fmt::format("asking about '{}'", id));
  if (value.is_string()) return value.get<std::string>();
  if (value.is_object() && value.contains("id") && eval::id_text(value["id"], command) != id) {
    wrong(command, fmt::format("the reply about '{}' in its place", id),
          remote::excerpt(line, 300));
  }
  const json reply = value.is_object() ? value.value("reply", json()) : json();
  if (reply.is_string()) return reply.get<std::string>();
  wrong(command,
        fmt::format("a line {{\"id\": ..., \"reply\": \"...\"}} or \"...\" about '{}'", id),
        remote::excerpt(line, 300));
}

}  // namespace

std::string CommandJudge::name() const {
  return options_.name.empty() ? "command: " + options_.line : options_.name;
}

std::vector<std::string> CommandJudge::reply(const std::vector<api::JudgeRequest>& requests) {
  return api::collected_replies(*this, requests);
}

void CommandJudge::reply_each(const std::vector<api::JudgeRequest>& requests, const Take& take) {
  size_t done = 0;
  std::exception_ptr ours;  // no failure of the command
  remote::Command command{.line = options_.line,
                          .doing = "asking a command",
                          .timeout_seconds = options_.timeout_seconds,
                          .retries = {.count = 0}};
  command.on_line = [&](const std::string& line) {
    try {
      if (done == requests.size()) {
        wrong(options_.line, fmt::format("{} lines", requests.size()),
              "one more: " + remote::excerpt(line));
      }
      take(done, {read_reply(options_.line, requests[done].id, line)});
      ++done;
    } catch (...) {
      ours = std::current_exception();
      throw;
    }
  };
  remote::Attempts attempts(options_.retries);
  while (done < requests.size()) {
    std::vector<std::string> lines;
    for (const auto& request : Requests(requests).subspan(done)) lines.push_back(line_of(request));
    try {
      remote::ask_command(command, lines);
      break;
    } catch (const IoError& e) {
      if (ours || !attempts.wait_for_next(e.what())) throw;
    }
  }
  if (done < requests.size()) {
    wrong(options_.line, fmt::format("{} replies", requests.size()),
          fmt::format("{}, none about '{}'", done, requests[done].id));
  }
}

}  // namespace plumbline::judge
