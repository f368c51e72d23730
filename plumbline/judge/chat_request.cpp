#include "plumbline/judge/chat_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/judge/image_url.h"
#include "plumbline/remote/excerpt.h"
#include "plumbline/remote/url.h"

namespace plumbline::judge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using remote::excerpt;

constexpr std::string_view kPath = "/chat/completions";

std::string doing(const std::string& id) { return fmt::format("asking about '{}'", id); }

[[noreturn]] void wrong(const std::string& id, const std::string& expected,
                        const std::string& got) {
  throw DataError({.component = "eval", .doing = doing(id), .expected = expected, .got = got});
}

// A member that may be missing, of an object that may be none.
json member(const json& value, const char* name) {
  return value.is_object() ? value.value(name, json()) : json();
}

std::string string_or_empty(const json& value) {
  return value.is_string() ? value.get<std::string>() : "";
}

// The one choice of a reply.
json choice_in(const json& reply, const std::string& id, const std::string& text) {
  // Some services report errors with status 200.
  if (!member(reply, "error").is_null()) wrong(id, "a reply", "an error: " + excerpt(text, 300));
  const json choices = member(reply, "choices");
  if (!choices.is_array()) wrong(id, "a chat completion with 'choices'", excerpt(text, 300));
  if (choices.size() != 1) {
    wrong(id, "one choice", fmt::format("{} in {}", choices.size(), excerpt(text, 300)));
  }
  return choices[0];
}

}  // namespace

std::string chat_url(const std::string& url) {
  remote::parse_url(url);
  const size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string base = url.substr(0, end);
  while (base.ends_with('/')) base.pop_back();
  if (!base.ends_with(kPath)) {
    const bool has_path = base.find('/', base.find("://") + 3) != std::string::npos;
    base += has_path ? "" : "/v1";
    base += kPath;
  }
  return base + url.substr(end);
}

namespace {

// A text, or parts where there are pictures.
ordered_json content_of(const api::JudgeMessage& message) {
  if (message.images.empty()) return message.content;
  ordered_json parts = ordered_json::array();
  for (const auto& image : message.images) {
    parts.push_back({{"type", "image_url"}, {"image_url", {{"url", image_url(image)}}}});
  }
  parts.push_back({{"type", "text"}, {"text", message.content}});
  return parts;
}

}  // namespace

std::string chat_body(const ChatModel& model, const api::JudgeRequest& request) {
  ordered_json body = {{"model", model.name}, {"messages", ordered_json::array()}};
  for (const auto& message : request.messages) {
    body["messages"].push_back({{"role", message.role}, {"content", content_of(message)}});
  }
  body["temperature"] = request.temperature;
  body[model.limit_field] = request.max_tokens;
  if (model.seed) body["seed"] = *model.seed;
  // Answers may be cut off in the middle of a character, which JSON cannot hold.
  return json_text(body);
}

ChatReply read_chat_reply(const std::string& text, const std::string& request_id) {
  const json reply = try_parse_json(text, doing(request_id));
  if (reply.is_discarded()) wrong(request_id, "a chat completion in JSON", excerpt(text, 300));
  const json choice = choice_in(reply, request_id, text);
  const json message = member(choice, "message");
  const json content = member(message, "content");
  const std::string reason = string_or_empty(member(choice, "finish_reason"));
  if (!content.is_string()) {
    const std::string refusal = string_or_empty(member(message, "refusal"));
    const std::string why = !refusal.empty()             ? " (it refuses: " + excerpt(refusal) + ")"
                            : reason == "content_filter" ? " (stopped by its content filter)"
                                                         : "";
    wrong(request_id, "a text as the message's content",
          fmt::format("{}{} in {}", content.type_name(), why, excerpt(text, 300)));
  }
  const json tokens = member(member(reply, "usage"), "total_tokens");
  ChatReply result{.text = content.get<std::string>(),
                   .model = string_or_empty(member(reply, "model")),
                   .is_cut = reason == "length"};
  if (tokens.is_number_integer()) result.num_tokens = tokens.get<int64_t>();
  return result;
}

}  // namespace plumbline::judge
