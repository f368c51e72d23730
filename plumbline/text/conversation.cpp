#include "plumbline/text/conversation.h"

#include <fmt/format.h>

#include <array>

#include "plumbline/base/error.h"
#include "plumbline/text/prompt_builder.h"

namespace plumbline::text {
namespace {

std::string role(bool is_user) { return is_user ? "user" : "assistant"; }

// All turns; answers are trained where their turn says so.
PromptBuilder build(const Tokenizer& tokenizer, const PromptFormat& format,
                    const std::vector<Turn>& turns) {
  PromptBuilder builder(tokenizer, format);
  for (const Turn& turn : turns) {
    if (turn.is_user) {
      builder.open_user();
      builder.with_images(turn.text);
      builder.open_answer();
    } else {
      const auto range = builder.answer(turn.text);
      if (turn.is_trained) builder.add_answer_range(range);
    }
  }
  return builder;
}

}  // namespace

std::string with_image(std::string_view text) {
  return fmt::format("{}\n{}", kImagePlaceholder, text);
}

const ConversationTemplate& conversation_template(std::string_view name) {
  // The system sentence is Vicuna's: models trained with it expect it to the letter.
  static const std::array<ConversationTemplate, 2> templates = {
      ConversationTemplate{.name = "vicuna_v1",
                           .system = "A chat between a curious user and an artificial intelligence "
                                     "assistant. The assistant gives helpful, detailed, and polite "
                                     "answers to the user's questions."},
      ConversationTemplate{.name = "brief", .system = ""}};
  for (const auto& known : templates) {
    if (known.name == name) return known;
  }
  throw ConfigError({.component = "conversation",
                     .doing = "choosing a template",
                     .expected = "vicuna_v1 or brief",
                     .got = fmt::format("'{}'", name)});
}

EncodedConversation encode(const Tokenizer& tokenizer, const PromptFormat& format,
                           const std::vector<Turn>& turns) {
  check_turns(turns, /*ends_with_user=*/false);
  return build(tokenizer, format, turns).take();
}

EncodedConversation encode_prompt(const Tokenizer& tokenizer, const PromptFormat& format,
                                  const std::vector<Turn>& turns) {
  check_turns(turns, /*ends_with_user=*/true);
  EncodedConversation prompt = build(tokenizer, format, turns).take();
  prompt.answers.clear();
  return prompt;
}

AnswerTargets answer_targets(const std::vector<const EncodedConversation*>& conversations) {
  AnswerTargets targets;
  int64_t first_row = 0;
  for (const EncodedConversation* conversation : conversations) {
    for (const auto& [begin, end] : conversation->answers) {
      for (int64_t t = begin; t < end; ++t) {
        targets.rows.push_back(first_row + t - 1);
        targets.tokens.push_back(conversation->ids[static_cast<size_t>(t)]);
      }
    }
    first_row += std::ssize(conversation->ids);
  }
  return targets;
}

PromptBuilder::PromptBuilder(const Tokenizer& tokenizer, const PromptFormat& format)
    : tokenizer_(tokenizer), format_(format) {
  PLUMBLINE_CHECK(format.end_token >= 0, fmt::format("end_token = {}", format.end_token));
  if (format.begin_token >= 0) out_.ids.push_back(format.begin_token);
  const auto& conversation = format.conversation;
  if (!conversation.system.empty()) plain(conversation.system + conversation.separator);
}

void PromptBuilder::open_user() { plain(format_.conversation.user); }

void PromptBuilder::with_images(std::string_view text) {
  size_t start = 0;
  for (size_t found; (found = text.find(kImagePlaceholder, start)) != std::string_view::npos;) {
    plain(text.substr(start, found - start));
    image();
    start = found + kImagePlaceholder.size();
  }
  plain(text.substr(start));
}

void PromptBuilder::open_answer() {
  plain(format_.conversation.separator);
  plain(format_.conversation.assistant);
  flush();
}

std::pair<int64_t, int64_t> PromptBuilder::answer(const std::string& text) {
  const auto first = static_cast<int64_t>(out_.ids.size());
  // A model that answers nothing writes no blank either.
  if (!text.empty()) plain(" " + text);
  flush();
  out_.ids.push_back(format_.end_token);
  return {first, static_cast<int64_t>(out_.ids.size())};
}

EncodedConversation PromptBuilder::take() {
  flush();
  return std::move(out_);
}

void PromptBuilder::image() {
  if (format_.image_token == -1 || format_.image_tokens <= 0) {
    throw DataError({.component = "conversation",
                     .doing = "encoding turns",
                     .expected = "text only, as the model takes no images",
                     .got = std::string(kImagePlaceholder)});
  }
  flush();
  out_.ids.insert(out_.ids.end(), static_cast<size_t>(format_.image_tokens), format_.image_token);
  ++out_.num_images;
}

void PromptBuilder::flush() {
  const TokenIds ids = tokenizer_.encode(pending_);
  out_.ids.insert(out_.ids.end(), ids.begin(), ids.end());
  pending_.clear();
}

void check_turns(const std::vector<Turn>& turns, bool ends_with_user, bool any_last_answer) {
  const auto fail = [](std::string expected, std::string got) {
    throw DataError({.component = "conversation",
                     .doing = "encoding turns",
                     .expected = std::move(expected),
                     .got = std::move(got)});
  };
  if (turns.empty()) fail("at least one turn", "none");
  for (size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].is_user != (i % 2 == 0)) {
      fail(fmt::format("turn {} to be the {}'s", i + 1, role(i % 2 == 0)),
           fmt::format("the {}'s", role(turns[i].is_user)));
    }
    const bool is_free = any_last_answer && i + 1 == turns.size();
    if (!turns[i].is_user && !is_free &&
        turns[i].text.find(kImagePlaceholder) != std::string::npos) {
      fail(fmt::format("{} in user turns only", kImagePlaceholder),
           fmt::format("one in turn {}, the assistant's", i + 1));
    }
  }
  if (turns.back().is_user != ends_with_user) {
    fail(fmt::format("the last turn to be the {}'s", role(ends_with_user)),
         fmt::format("the {}'s", role(turns.back().is_user)));
  }
}

}  // namespace plumbline::text
