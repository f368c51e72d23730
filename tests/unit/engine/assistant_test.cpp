#include "plumbline/engine/assistant.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/unit/engine/tiny_assistant.h"

namespace plumbline::engine {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// Makes the folder's model one without a tower.
void save_language_model(const TinyAssistant& tiny) {
  config::LlavaConfig config = tiny.load().model.config();
  config.vision = {};
  config.image_token = config::kNoImageToken;
  auto model = model::Llava::create(config, random_key(5, "tiny"), at::kFloat, at::kCPU);
  checkpoint::save_llava(tiny.path().string(), model);
}

TEST(LoadAssistant, KnowsItsControlTokens) {
  const TinyAssistant tiny;
  const auto assistant = tiny.load();
  EXPECT_EQ(assistant.format.image_token, 3);
  EXPECT_EQ(assistant.format.image_tokens, 4);
  EXPECT_EQ(assistant.format.end_token, 2);
  EXPECT_EQ(assistant.format.begin_token, 1);
}

TEST(LoadAssistant, ALanguageModelAloneNeedsNoPreprocessing) {
  const TinyAssistant tiny;
  save_language_model(tiny);
  fs::remove(tiny.path() / "preprocessor_config.json");
  const auto assistant = tiny.load();
  EXPECT_EQ(assistant.format.image_tokens, 0);
  const auto encode = [&](const std::string& text) {
    return text::encode_prompt(assistant.tokenizer, assistant.format,
                               {{.is_user = true, .text = text}});
  };
  EXPECT_THROW(encode("<image>\nwhat is it?"), DataError);
}

TEST(LoadAssistant, ALanguageModelsOwnTemplateWritesItsBeginning) {
  const TinyAssistant tiny;
  save_language_model(tiny);
  auto tokenizer = nlohmann::json::parse(read_file(tiny.path() / "tokenizer.json"));
  tokenizer["post_processor"] = nlohmann::json::parse(R"({"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
      "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}})");
  write_file(tiny.path() / "tokenizer.json", tokenizer.dump());
  const auto first_id = [&](const std::string& conversation) {
    const auto assistant = load_assistant(tiny.path().string(), conversation, at::kFloat, at::kCPU);
    return text::encode_prompt(assistant.tokenizer, assistant.format, {{true, "what is it?"}})
        .ids.front();
  };
  const std::string plain = "{% for m in messages %}{{ m['content'] }}{% endfor %}";
  write_file(tiny.path() / "chat_template.jinja", plain);
  EXPECT_EQ(first_id("brief"), 1);
  EXPECT_NE(first_id("auto"), 1);
  write_file(tiny.path() / "chat_template.jinja", "{{ '<s>' }}" + plain);
  EXPECT_EQ(first_id("auto"), 1);
}

TEST(LoadAssistant, TheOriginalLayoutsPlaceholderIsNoToken) {
  const TinyAssistant tiny;
  config::LlavaConfig config = tiny.load().model.config();
  config.image_token = config::kSplicedImageToken;
  auto model = model::Llava::create(config, random_key(5, "tiny"), at::kFloat, at::kCPU);
  checkpoint::save_llava(tiny.path().string(), model);
  const auto assistant = tiny.load();
  EXPECT_EQ(assistant.format.image_token, config::kSplicedImageToken);
  EXPECT_EQ(assistant.format.image_tokens, 4);
}

TEST(LoadAssistant, RefusesAMissingFolderAndAForeignTokenizer) {
  const TinyAssistant tiny;
  EXPECT_THROW(load_assistant("/nowhere", "brief", at::kFloat, at::kCPU), IoError);
  EXPECT_THROW(load_assistant("", "brief", at::kFloat, at::kCPU), IoError);
  EXPECT_THROW(load_assistant(tiny.path().string(), "unknown", at::kFloat, at::kCPU), ConfigError);
  write_file(tiny.path() / "tokenizer.json", text::train_bpe({"x"}, 300, {"<a>", "<b>", "<c>"}));
  try {
    tiny.load();
    FAIL();
  } catch (const CheckpointError& e) {
    EXPECT_THAT(e.what(), HasSubstr("id 3 (image_token_index)"));
  }
}

TEST(SamplingOptions, ForbidControlTokensButNotTheEnd) {
  const TinyAssistant tiny;
  const auto options = sampling_options({}, tiny.load());
  EXPECT_EQ(options.end_token, 2);
  EXPECT_THAT(options.forbidden, Contains(3));
  EXPECT_THAT(options.forbidden, Contains(0));
  EXPECT_THAT(options.forbidden, Contains(299));  // beyond the tokenizer
  EXPECT_THAT(options.forbidden, Not(Contains(2)));
  EXPECT_EQ(greedy_options(7, tiny.load()).temperature, 0);
}

}  // namespace
}  // namespace plumbline::engine
