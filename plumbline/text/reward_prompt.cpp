#include "plumbline/text/reward_prompt.h"

#include <fmt/format.h>

#include <toml++/toml.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/trimmed.h"
#include "plumbline/config/toml_file.h"
#include "plumbline/text/normalizer.h"
#include "plumbline/text/own_template.h"
#include "plumbline/text/prompt_builder.h"

namespace plumbline::text {
namespace {

constexpr std::string_view kFactsSlot = "{facts}";
constexpr std::string_view kFactSlot = "{fact}";
constexpr std::string_view kEndToken = "end_token";
constexpr std::string_view kTextFile = "text_file";
constexpr std::string_view kRecipeSlot = "{factual_prompt}";  // of a text file
constexpr std::string_view kUser = "USER:", kAssistant = "ASSISTANT:";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Every "{word}" of a text.
std::vector<std::string> slots_of(const std::string& text) {
  std::vector<std::string> slots;
  for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
    const size_t close = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", open + 1);
    if (close != std::string::npos && text[close] == '}') {
      slots.push_back(text.substr(open, close - open + 1));
    }
  }
  return slots;
}

// One key of the template file.
struct Key {
  const char* name;
  std::string RewardTemplate::*member;
  std::string_view slot;  // the one slot it may hold
  bool is_required;
};

constexpr Key kKeys[] = {
    {"before_question", &RewardTemplate::before_question, kFactsSlot, false},
    {"judge", &RewardTemplate::judge, kFactsSlot, true},
    {"opening", &RewardTemplate::opening, "", true},
    {"facts_header", &RewardTemplate::facts_header, "", false},
    {"fact", &RewardTemplate::fact, kFactSlot, false},
};

const Key* find_key(std::string_view name) {
  for (const Key& key : kKeys) {
    if (name == key.name) return &key;
  }
  return nullptr;
}

using Problems = std::vector<std::string>;

void check_text(Problems& problems, const std::string& where, const Key& key,
                const std::string& text) {
  for (const std::string& slot : slots_of(text)) {
    if (slot == key.slot) continue;
    problems.push_back(fmt::format("{}: key '{}' holds the unknown slot {}; it may hold {}", where,
                                   key.name, slot, key.slot.empty() ? "none" : key.slot));
  }
  if (has(text, kImagePlaceholder)) {
    problems.push_back(fmt::format("{}: key '{}' holds {}; images belong to the conversation",
                                   where, key.name, kImagePlaceholder));
  }
}

// The judging turn and the opening of a text in the form of LLaVA-RLHF's.
void read_text_file(Problems& problems, const std::string& path, RewardTemplate& out) {
  std::string text;
  try {
    text = read_file(path);
  } catch (const IoError& e) {
    problems.emplace_back(untagged(e));
    return;
  }
  const size_t user = text.find(kUser), assistant = text.rfind(kAssistant);
  if (user == std::string::npos || assistant == std::string::npos || assistant < user) {
    problems.push_back(
        fmt::format("{}: expected the form '{} ... {} ...'", path, kUser, kAssistant));
    return;
  }
  for (const std::string& slot : slots_of(text)) {
    if (slot == kRecipeSlot) continue;
    problems.push_back(fmt::format("{}: unknown slot {}; it may hold {}", path, slot, kRecipeSlot));
  }
  if (!has(text, kRecipeSlot)) {
    problems.push_back(
        fmt::format("{}: expected the slot {} where facts stand", path, kRecipeSlot));
  }
  const size_t judge = user + kUser.size();
  out.judge = replaced(std::string(trimmed(text.substr(judge, assistant - judge))), kRecipeSlot,
                       kFactsSlot);
  out.opening = trimmed(text.substr(assistant + kAssistant.size()));
}

void read_keys(Problems& problems, const toml::table& table, const std::string& path,
               RewardTemplate& out) {
  for (const auto& [name, node] : table) {
    const auto where = fmt::format("{}:{}", path, name.source().begin.line);
    const Key* key = find_key(name.str());
    const auto* text = node.as_string();
    if (name.str() == kEndToken) {
      if (!node.is_boolean()) {
        problems.push_back(fmt::format("{}: key '{}' expected true or false", where, kEndToken));
      }
      out.end_token = node.value_or(true);
    } else if (name.str() == kTextFile && text) {
      read_text_file(problems, (fs::path(path).parent_path() / text->get()).string(), out);
    } else if (!key) {
      problems.push_back(
          fmt::format("{}: unknown key '{}'; known are before_question, judge, opening, end_token, "
                      "facts_header, fact, text_file",
                      where, name.str()));
    } else if (!text) {
      problems.push_back(fmt::format("{}: key '{}' expected text", where, key->name));
    } else {
      out.*(key->member) = text->get();
      check_text(problems, where, *key, text->get());
    }
  }
}

// A text file says what two keys would say.
void check_text_file(Problems& problems, const toml::table& table, const std::string& path) {
  if (!table.contains(kTextFile)) return;
  for (const char* name : {"judge", "opening"}) {
    if (!table.contains(name)) continue;
    problems.push_back(fmt::format("{}: expected '{}' or '{}', got both", path, kTextFile, name));
  }
}

void check_whole(Problems& problems, const std::string& path, const RewardTemplate& t) {
  for (const Key& key : kKeys) {
    if (key.is_required && (t.*(key.member)).empty()) {
      problems.push_back(fmt::format("{}: key '{}' is missing or empty", path, key.name));
    }
  }
  const bool before = has(t.before_question, kFactsSlot), after = has(t.judge, kFactsSlot);
  if (before && after) {
    problems.push_back(
        fmt::format("{}: keys 'before_question' and 'judge' both hold {{facts}}", path));
  }
  if ((before || after) && !has(t.fact, kFactSlot)) {
    problems.push_back(fmt::format("{}: key 'fact' expected the slot {{fact}}", path));
  }
}

std::string facts_text(const RewardTemplate& t, const std::vector<std::string>& facts) {
  if (facts.empty()) return {};
  std::string text = t.facts_header;
  for (const std::string& fact : facts) text += fact_line(t, fact);
  return text;
}

// The turn with a text behind its images. Images at its beginning are counted, so that the text may
// spell anything.
Turn with_inserted(Turn turn, const std::string& inserted) {
  if (inserted.empty()) return turn;
  std::string_view rest = turn.text;
  if (turn.images_before < 0) {
    int64_t num_images = 0;
    for (; rest.starts_with(kImagePlaceholder); ++num_images) {
      rest.remove_prefix(kImagePlaceholder.size());
      if (rest.starts_with('\n')) rest.remove_prefix(1);
    }
    if (has(rest, kImagePlaceholder)) {
      throw DataError({.component = "reward",
                       .doing = "asking in the checkpoint's own chat template",
                       .expected = "images at the beginning of a question",
                       .got = "one within its text",
                       .hint = "set model.conversation to a style by name."});
    }
    turn.images_before = num_images;
  }
  turn.text = inserted + std::string(rest);
  return turn;
}

EncodedConversation encode_with_own(const Tokenizer& tokenizer, const PromptFormat& format,
                                    const RewardTemplate& t, std::vector<Turn> turns,
                                    const std::string& shown) {
  turns.front() =
      with_inserted(std::move(turns.front()), replaced(t.before_question, kFactsSlot, shown));
  turns.back().is_trained = true;
  turns.push_back(
      {.is_user = true, .text = replaced(t.judge, kFactsSlot, shown), .images_before = 0});
  EncodedConversation out = begin_with_own_template(tokenizer, format, std::move(turns), t.opening);
  if (t.end_token) out.ids.push_back(format.end_token);
  return out;
}

}  // namespace

bool RewardTemplate::has_facts_slot() const {
  return has(before_question, kFactsSlot) || has(judge, kFactsSlot);
}

std::string fact_line(const RewardTemplate& t, const std::string& fact) {
  return replaced(t.fact, kFactSlot, fact);
}

RewardTemplate load_reward_template(const std::string& path) {
  RewardTemplate out;
  Problems problems;
  const config::TomlFile file = config::try_read_toml(path);
  if (file.problem.empty()) {
    read_keys(problems, file.table, path, out);
    check_text_file(problems, file.table, path);
    check_whole(problems, path, out);
  } else {
    problems.push_back(file.problem);
  }
  if (problems.empty()) return out;
  std::string text = fmt::format("[reward template] {} problem{}:", problems.size(),
                                 problems.size() == 1 ? "" : "s");
  for (const auto& problem : problems) text += "\n  " + problem;
  throw ConfigError(text);
}

EncodedConversation encode_for_reward(const Tokenizer& tokenizer, const PromptFormat& format,
                                      const RewardTemplate& t, const std::vector<Turn>& turns,
                                      const std::vector<std::string>& facts) {
  check_turns(turns, /*ends_with_user=*/false, /*any_last_answer=*/true);
  const std::string shown = facts_text(t, facts);
  if (format.own_template) return encode_with_own(tokenizer, format, t, turns, shown);
  PromptBuilder builder(tokenizer, format);
  for (size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].is_user) {
      builder.open_user();
      builder.turn(turns[i], i == 0 ? replaced(t.before_question, kFactsSlot, shown) : "");
      builder.open_answer();
    } else {
      const auto range = builder.answer(turns[i].text);
      if (turns[i].is_trained || i + 1 == turns.size()) builder.add_answer_range(range);
    }
  }
  builder.open_user();
  builder.plain(replaced(t.judge, kFactsSlot, shown));
  builder.open_answer();
  if (t.end_token) {
    builder.answer(t.opening);
  } else {
    builder.begun_answer(t.opening);
  }
  return builder.take();
}

}  // namespace plumbline::text
