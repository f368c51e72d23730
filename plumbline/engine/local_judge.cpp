#include "plumbline/engine/local_judge.h"

#include <map>

#include "plumbline/base/error.h"
#include "plumbline/engine/local_generator.h"

namespace plumbline::engine {
namespace {

std::string text_of(const api::JudgeRequest& request) {
  std::string text;
  for (const auto& message : request.messages) {
    if (message.role != "system" && message.role != "user") {
      throw DataError(Complaint{.component = "judge",
                                .doing = "asking a local model",
                                .expected = "messages of system and user",
                                .got = "one of '" + message.role + "'",
                                .where = request.id});
    }
    text += (text.empty() ? "" : "\n\n") + message.content;
  }
  return text;
}

}  // namespace

LocalJudge::LocalJudge(Assistant& assistant, std::string name, int64_t max_slots, RandomKey key)
    : assistant_(assistant),
      name_(std::move(name)),
      max_slots_(max_slots),
      key_(key),
      no_images_(assistant.preprocess, "") {}

std::vector<std::string> LocalJudge::reply(const std::vector<api::JudgeRequest>& requests) {
  using Settings = std::pair<int64_t, double>;  // tokens, temperature
  std::map<Settings, std::vector<size_t>> groups;
  for (size_t i = 0; i < requests.size(); ++i) {
    groups[{requests[i].max_tokens, requests[i].temperature}].push_back(i);
  }
  std::vector<std::string> replies(requests.size());
  for (const auto& [settings, members] : groups) {
    const auto [max_tokens, temperature] = settings;
    auto sampling = greedy_options(max_tokens, assistant_);
    sampling.temperature = temperature;
    LocalGenerator generator(assistant_, no_images_, max_slots_,
                             {.sampling = sampling, .key = key_});
    std::vector<data::Prompt> prompts;
    for (const size_t i : members) {
      prompts.push_back({.id = requests[i].id,
                         .image = "",
                         .turns = {{.is_user = true, .text = text_of(requests[i])}}});
    }
    const auto answers = generator.answer_prompts(prompts, max_tokens);
    for (size_t m = 0; m < members.size(); ++m) replies[members[m]] = answers[m].text;
  }
  return replies;
}

}  // namespace plumbline::engine
