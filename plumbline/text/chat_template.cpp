#include "plumbline/text/chat_template.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/text/jinja_parser.h"
#include "plumbline/text/jinja_renderer.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail(std::string doing, const jinja::Fault& fault, std::string where) {
  throw DataError({.component = "chat template",
                   .doing = std::move(doing),
                   .expected = fault.expected,
                   .got = fault.got,
                   .where = std::move(where)});
}

// An assistant's reasoning has had several names. transformers gives templates the newest, and one
// of the older.
Json with_reasoning(const Json& message) {
  for (const char* name : {"reasoning_content", "thinking", "reasoning"}) {
    const auto found = message.find(name);
    if (found == message.end() || found->is_null()) continue;
    Json result = {{"thinking", *found}};
    for (const auto& [key, value] : message.items()) result[key] = value;
    result["reasoning_content"] = *found;
    return result;
  }
  return message;
}

Json checked_messages(const Json& messages) {
  if (!messages.is_array()) throw jinja::Fault{"a list of messages", messages.type_name()};
  Json result = Json::array();
  for (const Json& message : messages) {
    if (!message.is_object()) throw jinja::Fault{"objects as messages", message.type_name()};
    result.push_back(with_reasoning(message));
  }
  return result;
}

void set_variables(jinja::Renderer& renderer, jinja::Budget& budget, const Json& messages,
                   const ChatTemplateOptions& options) {
  renderer.set("messages", from_json(budget, checked_messages(messages)));
  renderer.set("tools", from_json(budget, options.tools));
  renderer.set("documents", from_json(budget, options.documents));
  renderer.set("add_generation_prompt", jinja::Value(options.add_generation_prompt));
  if (options.bos_token) renderer.set("bos_token", jinja::Value(repaired_utf8(*options.bos_token)));
  if (options.eos_token) renderer.set("eos_token", jinja::Value(repaired_utf8(*options.eos_token)));
  if (!options.variables.is_object() && !options.variables.is_null())
    throw jinja::Fault{"an object of variables", options.variables.type_name()};
  for (const auto& [name, value] : options.variables.items())
    renderer.set(repaired_utf8(name), from_json(budget, value));
}

}  // namespace

ChatTemplate::ChatTemplate(const std::string& source, std::string where,
                           ChatTemplateLimits limits) {
  auto program = std::make_shared<jinja::Program>();
  program->where = std::move(where);
  program->limits = limits;
  try {
    if (std::ssize(source) > limits.source_bytes) {
      throw jinja::Fault{fmt::format("a template of at most {} bytes", limits.source_bytes),
                         fmt::format("{}", source.size()), 1};
    }
    program->body = jinja::parse(repaired_utf8(source), limits);
  } catch (const jinja::Fault& fault) {
    fail("reading it", fault, fmt::format("{}:{}", program->where, fault.line));
  }
  program_ = std::move(program);
}

std::string ChatTemplate::render(const Json& messages, const ChatTemplateOptions& options) const {
  jinja::Budget budget(program_->limits);
  jinja::Renderer renderer(budget, options.now);
  try {
    set_variables(renderer, budget, messages, options);
  } catch (const jinja::Fault& fault) {
    fail("taking its variables", fault, program_->where);
  }
  try {
    return renderer.run(program_->body);
  } catch (const jinja::Fault& fault) {
    fail("rendering", fault, fmt::format("{}:{}", program_->where, renderer.line()));
  }
}

}  // namespace plumbline::text
