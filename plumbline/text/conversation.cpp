#include "plumbline/text/conversation.h"

#include <fmt/format.h>

#include <array>

#include "plumbline/base/error.h"
#include "plumbline/text/normalizer.h"
#include "plumbline/text/own_template.h"
#include "plumbline/text/prompt_builder.h"

namespace plumbline::text {
namespace {

std::string role(bool is_user) { return is_user ? "user" : "assistant"; }

// The system sentences are those the models were trained with, to the letter.
std::array<ConversationTemplate, 9> make_templates() {
  const auto chat = [](const char* who) {
    return fmt::format(
        "A chat between a curious {0} and an artificial intelligence assistant. The assistant "
        "gives "
        "helpful, detailed, and polite answers to the {0}'s questions.",
        who);
  };
  const auto vicuna = [](std::string name, const std::string& opening) {
    return ConversationTemplate{.name = std::move(name),
                                .opening = opening,
                                .user = "USER: ",
                                .assistant = " ASSISTANT:",
                                .lead = " "};
  };
  return {vicuna("vicuna_v1", chat("user") + " "),
          vicuna("v1", chat("user") + " "),
          vicuna("llava_v1", chat("human") + " "),
          vicuna("brief", ""),
          {.name = "llava_v0",
           .opening = chat("human") + "###",
           .user = "Human: ",
           .assistant = "###Assistant:",
           .lead = " ",
           .end = "###"},
          {.name = "llava_llama_2",
           .user = "<s>[INST] ",
           .first_user =
               "[INST] <<SYS>>\nYou are a helpful language and vision assistant. You are able "
               "to understand the visual content that the user provides, and assist the user "
               "with a variety of tasks using natural language.\n<</SYS>>\n\n",
           .assistant = " [/INST]",
           .lead = " ",
           .end = " </s>"},
          {.name = "plain", .end = "\n"},
          {.name = "mpt",
           .opening =
               "<|im_start|>system\nA conversation between a user and an LLM-based AI assistant. "
               "The assistant gives helpful and honest answers.<|im_end|>",
           .user = "<|im_start|>user\n",
           .assistant = "<|im_end|><|im_start|>assistant\n",
           .end = "<|im_end|>"},
          {.name = "chatml",
           .user = "<|im_start|>user\n",
           .assistant = "<|im_end|>\n<|im_start|>assistant\n",
           .end = "<|im_end|>",
           .after = "\n"}};
}

// All turns; answers are trained where their turn says so.
PromptBuilder build(const Tokenizer& tokenizer, const PromptFormat& format,
                    const std::vector<Turn>& turns) {
  PromptBuilder builder(tokenizer, format);
  for (const Turn& turn : turns) {
    if (turn.is_user) {
      builder.open_user();
      builder.turn(turn);
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
  static const std::array<ConversationTemplate, 9> templates = make_templates();
  for (const auto& known : templates) {
    if (known.name == name) return known;
  }
  throw ConfigError({.component = "conversation",
                     .doing = "choosing a template",
                     .expected =
                         "vicuna_v1, v1, llava_v1, llava_v0, llava_llama_2, plain, mpt, chatml "
                         "or brief",
                     .got = fmt::format("'{}'", name)});
}

EncodedConversation encode(const Tokenizer& tokenizer, const PromptFormat& format,
                           const std::vector<Turn>& turns) {
  check_turns(turns, /*ends_with_user=*/false);
  if (format.own_template) return encode_with_own_template(tokenizer, format, turns);
  return build(tokenizer, format, turns).take();
}

EncodedConversation encode_prompt(const Tokenizer& tokenizer, const PromptFormat& format,
                                  const std::vector<Turn>& turns) {
  check_turns(turns, /*ends_with_user=*/true);
  EncodedConversation prompt = format.own_template
                                   ? encode_with_own_template(tokenizer, format, turns)
                                   : build(tokenizer, format, turns).take();
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

int64_t end_token_of(const Tokenizer& tokenizer, const ConversationTemplate& conversation,
                     int64_t model_end_token) {
  const auto pieces = tokenizer.cut_at_special(conversation.end);
  return pieces.empty() || pieces.back().id < 0 ? model_end_token : pieces.back().id;
}

std::string end_text_of(const Tokenizer& tokenizer, const ConversationTemplate& conversation) {
  const auto pieces = tokenizer.cut_at_special(conversation.end);
  // A blank before the end token is no sign of the end by itself.
  return pieces.size() == 1 && pieces[0].id < 0 ? std::string(pieces[0].text) : "";
}

PromptBuilder::PromptBuilder(const Tokenizer& tokenizer, const PromptFormat& format)
    : tokenizer_(tokenizer), format_(format) {
  PLUMBLINE_CHECK(format.end_token >= 0, fmt::format("end_token = {}", format.end_token));
  if (format.begin_token >= 0) out_.ids.push_back(format.begin_token);
  fixed(format.conversation.opening);
}

void PromptBuilder::fixed(std::string_view text) {
  for (const auto& [piece, id] : tokenizer_.cut_at_special(text)) {
    if (id < 0) {
      plain(piece);
    } else {
      flush();
      token(id);
    }
  }
}

void PromptBuilder::open_user() {
  const auto& conversation = format_.conversation;
  if (owes_after_) fixed(conversation.after);
  owes_after_ = false;
  const bool is_first = num_user_turns_++ == 0 && !conversation.first_user.empty();
  fixed(is_first ? conversation.first_user : conversation.user);
}

void PromptBuilder::with_images(std::string_view text) {
  size_t start = 0;
  for (size_t found = 0; (found = text.find(kImagePlaceholder, start)) != std::string_view::npos;) {
    plain(text.substr(start, found - start));
    image();
    start = found + kImagePlaceholder.size();
  }
  plain(text.substr(start));
}

void PromptBuilder::turn(const Turn& turn, const std::string& inserted) {
  if (turn.images_before >= 0) {
    for (int64_t i = 0; i < turn.images_before; ++i) with_images(with_image(""));
    plain(inserted);
    return plain(turn.text);
  }
  const size_t last = turn.text.rfind(kImagePlaceholder);
  size_t split = last == std::string::npos ? 0 : last + kImagePlaceholder.size();
  if (split > 0 && split < turn.text.size() && turn.text[split] == '\n') ++split;
  with_images(std::string_view(turn.text).substr(0, split));
  plain(inserted);
  plain(std::string_view(turn.text).substr(split));
}

void PromptBuilder::open_answer() {
  fixed(format_.conversation.assistant);
  flush();
}

void PromptBuilder::rendered(std::string_view text, std::string_view mark) {
  for (const auto& [piece, id] : tokenizer_.cut_at_special(text)) {
    if (id < 0) {
      plain(replaced(piece, mark, ""));
    } else if (id == format_.image_token) {
      image();
    } else {
      flush();
      token(id);
    }
  }
}

int64_t PromptBuilder::boundary() {
  flush();
  return static_cast<int64_t>(out_.ids.size());
}

std::pair<int64_t, int64_t> PromptBuilder::answer(const std::string& text) {
  const auto first = static_cast<int64_t>(out_.ids.size());
  const auto& conversation = format_.conversation;
  begun_answer(text);
  if (conversation.end.empty()) {
    flush();
    token(format_.end_token);
  } else {
    fixed(conversation.end);
    flush();
  }
  owes_after_ = true;
  return {first, static_cast<int64_t>(out_.ids.size())};
}

void PromptBuilder::begun_answer(const std::string& text) {
  // A model that answers nothing writes no blank either.
  if (!text.empty()) plain(format_.conversation.lead + text);
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
  start_ = format_.image_restarts_text ? TextStart::Sequence : TextStart::AfterToken;
}

void PromptBuilder::token(int64_t id) {
  out_.ids.push_back(id);
  start_ = TextStart::AfterToken;
}

void PromptBuilder::flush() {
  if (pending_.empty()) return;
  const TokenIds ids = tokenizer_.encode(pending_, {.start = start_});
  out_.ids.insert(out_.ids.end(), ids.begin(), ids.end());
  pending_.clear();
  start_ = TextStart::Text;
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
    // Where images are counted, a placeholder's spelling is data in every turn.
    const bool is_free =
        (any_last_answer && i + 1 == turns.size()) || turns.front().images_before >= 0;
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
