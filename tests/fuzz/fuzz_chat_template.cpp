// The bytes are a chat template; it is read, and rendered with one conversation.
#include <cstddef>
#include <cstdint>
#include <string>

#include "plumbline/base/error.h"
#include "plumbline/text/chat_template.h"

namespace {

using plumbline::text::ChatTemplate;
using plumbline::text::ChatTemplateOptions;

nlohmann::ordered_json messages() {
  return nlohmann::ordered_json::parse(R"([
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Wo? \u00e9\ud83c\udf0d"}]},
    {"role": "assistant", "content": "  Here.\n", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1.5}}}]},
    {"role": "user", "content": "Thanks", "n": 7}])");
}

ChatTemplateOptions options() {
  ChatTemplateOptions result;
  result.add_generation_prompt = true;
  result.bos_token = "<s>";
  result.eos_token = "</s>";
  result.tools =
      nlohmann::ordered_json::parse(R"([{"type": "function", "function": {"name": "f"}}])");
  result.now = std::tm{};
  result.now->tm_mday = 1;
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const nlohmann::ordered_json conversation = messages();
  static const ChatTemplateOptions given = options();
  const plumbline::text::ChatTemplateLimits limits{
      .source_bytes = 1 << 16, .nesting = 60, .depth = 200, .steps = 50'000, .text_bytes = 1 << 16};
  try {
    const std::string source(reinterpret_cast<const char*>(data), size);
    ChatTemplate(source, "fuzz", limits).render(conversation, given);
  } catch (const plumbline::DataError&) {
  }
  return 0;
}
