#include "plumbline/text/own_template.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/text/prompt_builder.h"
#include "plumbline/text/utf8.h"

namespace plumbline::text {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void fail(const std::string& expected, const std::string& got) {
  throw DataError({.component = "chat template",
                   .doing = "writing a conversation",
                   .expected = expected,
                   .got = got,
                   .hint = "choose another style with model.conversation."});
}

// A character that no turn holds, to break up spellings of special tokens until text and template
// are told apart.
std::string free_mark(const std::vector<Turn>& turns) {
  for (char last = '\x90'; last != '\xB0'; ++last) {  // U+FDD0 to U+FDEF, noncharacters
    const std::string mark = std::string("\xEF\xB7") + last;
    const auto holds = [&](const Turn& turn) { return turn.text.find(mark) != std::string::npos; };
    if (std::none_of(turns.begin(), turns.end(), holds)) return mark;
  }
  fail("text without all 32 noncharacters of Unicode", "a turn that holds them");
}

// The mark behind the first character of every special token's spelling.
std::string guarded(const Tokenizer& tokenizer, std::string_view text, const std::string& mark) {
  std::string out;
  for (const auto& [piece, id] : tokenizer.cut_at_special(text)) {
    const size_t first = id < 0 ? piece.size() : first_character(piece).length;
    out += piece.substr(0, first);
    if (id >= 0) out += mark;
    out += piece.substr(first);
  }
  return out;
}

class Messages {
 public:
  Messages(const Tokenizer& tokenizer, bool has_parts, std::string mark)
      : tokenizer_(tokenizer), has_parts_(has_parts), mark_(std::move(mark)) {}

  void add(const Turn& turn) {
    Json content = Json::array();
    std::string_view rest = turn.text;
    for (int64_t i = 0; i < turn.images_before; ++i) add_image(content);
    const bool has_placeholders = turn.is_user && turn.images_before < 0;
    for (size_t at = 0;
         has_placeholders && (at = rest.find(kImagePlaceholder)) != std::string_view::npos;) {
      add_text(content, rest.substr(0, at));
      add_image(content);
      rest.remove_prefix(at + kImagePlaceholder.size());
      if (rest.starts_with('\n'))
        rest.remove_prefix(1);  // LLaVA's data has it; templates add theirs
    }
    add_text(content, rest);
    messages_.push_back(
        {{"role", turn.is_user ? "user" : "assistant"},
         {"content", has_parts_ ? content : Json(guarded(tokenizer_, rest, mark_))}});
  }

  const Json& list() const { return messages_; }
  int64_t num_images() const { return num_images_; }

 private:
  void add_image(Json& content) {
    if (!has_parts_) fail("text only, as the model takes no images", "an image");
    content.push_back({{"type", "image"}});
    ++num_images_;
  }
  void add_text(Json& content, std::string_view text) const {
    if (!text.empty()) {
      content.push_back({{"type", "text"}, {"text", guarded(tokenizer_, text, mark_)}});
    }
  }

  const Tokenizer& tokenizer_;
  bool has_parts_;
  std::string mark_;
  Json messages_ = Json::array();
  int64_t num_images_ = 0;
};

// Where the answers of `text` begin and end, a pair per assistant's turn.
struct Written {
  std::string text;
  std::vector<std::pair<size_t, size_t>> answers;
  int64_t num_images = 0;
};

std::string render(const OwnTemplate& own, const Json& messages, bool opens_answer) {
  return own.chat.render(messages, {.add_generation_prompt = opens_answer,
                                    .bos_token = own.begin_text,
                                    .eos_token = own.end_text});
}

Written write(const OwnTemplate& own, const std::vector<Turn>& turns, Messages& messages) {
  Written out;
  std::vector<std::string> beginnings;
  for (const Turn& turn : turns) {
    if (!turn.is_user) beginnings.push_back(render(own, messages.list(), true));
    messages.add(turn);
    if (turn.is_user) continue;
    const std::string whole = render(own, messages.list(), false);
    out.answers.emplace_back(beginnings.back().size(), whole.size());
    beginnings.push_back(whole);
  }
  out.text = render(own, messages.list(), turns.back().is_user);
  out.num_images = messages.num_images();
  for (const std::string& beginning : beginnings) {
    if (!out.text.starts_with(beginning)) {
      fail("a template that leaves earlier turns as they are", "one that changes them");
    }
  }
  return out;
}

// Behind the last special token of an answer; its end when there is none.
int64_t trained_end(const Tokenizer& tokenizer, const TokenIds& ids, int64_t begin, int64_t end) {
  for (int64_t t = end; t > begin; --t) {
    if (tokenizer.is_special(ids[static_cast<size_t>(t) - 1])) return t;
  }
  return end;
}

std::string text_of(const Json& token) {
  return token.is_object() ? token.value("content", "") : token.get<std::string>();
}

std::optional<std::string> optional_text(const Json& config, const char* name) {
  const auto found = config.find(name);
  if (found == config.end() || found->is_null()) return std::nullopt;
  return text_of(*found);
}

// A template is text, or one of a list of {"name", "template"}.
std::string source_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array()) {
    for (const Json& entry : value) {
      if (entry.value("name", "") == "default") return entry.at("template").get<std::string>();
    }
  }
  return {};
}

Json read_object(const fs::path& file) {
  return fs::exists(file) ? Json::parse(read_file(file)) : Json::object();
}

// Token rows of what the template wrote of `turns`, and the ranges of their answers.
EncodedConversation encoded(const Tokenizer& tokenizer, const PromptFormat& format,
                            const Written& written, const std::vector<Turn>& turns,
                            const std::string& mark) {
  std::string_view text = written.text;
  size_t done = 0;
  // A begin token that the template writes itself is not put twice.
  if (format.begin_token >= 0) {
    const std::string begin = tokenizer.token(format.begin_token);
    if (text.starts_with(begin)) done = begin.size();
  }
  PromptBuilder builder(tokenizer, format);
  std::vector<std::pair<int64_t, int64_t>> ranges;
  for (const auto& [begin, end] : written.answers) {
    builder.rendered(text.substr(done, begin - done), mark);
    const int64_t first = builder.boundary();
    builder.rendered(text.substr(begin, end - begin), mark);
    ranges.emplace_back(first, builder.boundary());
    done = end;
  }
  builder.rendered(text.substr(done), mark);
  EncodedConversation out = builder.take();
  if (out.num_images != written.num_images) {
    fail(fmt::format("{} image tokens", written.num_images), fmt::format("{}", out.num_images));
  }
  size_t answer = 0;
  for (const Turn& turn : turns) {
    if (turn.is_user) continue;
    const auto [begin, end] = ranges[answer++];
    if (turn.is_trained) {
      out.answers.emplace_back(begin, trained_end(tokenizer, out.ids, begin, end));
    }
  }
  return out;
}

}  // namespace

std::optional<OwnTemplate> load_own_template(const std::string& directory, bool has_parts) {
  const fs::path folder = directory;
  fs::path where = folder / "tokenizer_config.json";
  try {
    const Json config = read_object(where);
    std::string source = source_of(config.value("chat_template", Json()));
    if (fs::exists(folder / "chat_template.json")) {
      where = folder / "chat_template.json";
      source = source_of(read_object(where).value("chat_template", Json()));
    }
    if (fs::exists(folder / "chat_template.jinja")) {
      where = folder / "chat_template.jinja";
      source = read_file(where);
    }
    if (source.empty()) return std::nullopt;
    return OwnTemplate{.chat = ChatTemplate(source, where.string()),
                       .begin_text = optional_text(config, "bos_token"),
                       .end_text = optional_text(config, "eos_token"),
                       .has_parts = has_parts};
  } catch (const nlohmann::json::exception& e) {
    throw DataError({.component = "chat template",
                     .doing = "reading the checkpoint's template",
                     .expected = "Hugging Face's format",
                     .got = untagged(e),
                     .where = where.string()});
  }
}

EncodedConversation encode_with_own_template(const Tokenizer& tokenizer, const PromptFormat& format,
                                             const std::vector<Turn>& turns) {
  const OwnTemplate& own = *format.own_template;
  const std::string mark = free_mark(turns);
  Messages messages(tokenizer, own.has_parts, mark);
  return encoded(tokenizer, format, write(own, turns, messages), turns, mark);
}

EncodedConversation begin_with_own_template(const Tokenizer& tokenizer, const PromptFormat& format,
                                            std::vector<Turn> turns, const std::string& opening) {
  const OwnTemplate& own = *format.own_template;
  turns.push_back({.is_user = false, .text = opening, .is_trained = false});
  const std::string mark = free_mark(turns), begun = guarded(tokenizer, opening, mark);
  Messages messages(tokenizer, own.has_parts, mark);
  Written written = write(own, turns, messages);
  auto& [begin, end] = written.answers.back();
  const size_t found = written.text.find(begun, begin);
  if (found == std::string::npos) fail("a template that writes answers as they are", "another");
  end = found + begun.size();
  written.text.resize(end);
  return encoded(tokenizer, format, written, turns, mark);
}

}  // namespace plumbline::text
