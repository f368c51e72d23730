#include "plumbline/engine/reward_input.h"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/data/facts.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::engine {
namespace {

constexpr const char* kFile = "reward_prompt.json";

// Throws json::type_error for what is no number of facts.
int64_t count_of(const nlohmann::json& value) {
  constexpr int64_t kMost = 1 << 20;
  if (!value.is_number_integer() || value < 0 || value > kMost) {
    throw nlohmann::json::type_error::create(302, "max_facts must be a whole number", &value);
  }
  return value.get<int64_t>();
}

}  // namespace

RewardInput RewardInput::load(const fs::path& adapter) {
  const fs::path file = adapter / kFile;
  if (!fs::exists(file)) {
    throw CheckpointError(Complaint{.component = "reward model",
                                    .doing = "reading how it is asked",
                                    .expected = kFile,
                                    .got = "none",
                                    .where = adapter.string(),
                                    .hint = "`plumbline reward` writes it beside the adapter."});
  }
  try {
    const auto json = parse_json(read_file(file), file.string());
    const auto& words = json.at("template");
    return {{.before_question = words.at("before_question"),
             .judge = words.at("judge"),
             .opening = words.at("opening"),
             .facts_header = words.at("facts_header"),
             .fact = words.at("fact"),
             .end_token = words.value("end_token", true)},
            json.at("facts").get<bool>(),
            count_of(json.at("max_facts"))};
  } catch (const nlohmann::json::exception& e) {
    throw DataError(Complaint{.component = "reward model",
                              .doing = "reading how it is asked",
                              .expected = "facts, max_facts and template with all its texts",
                              .got = untagged(e),
                              .where = file.string()});
  }
}

void RewardInput::save(const fs::path& adapter) const {
  const nlohmann::ordered_json json{{"facts", has_facts_},
                                    {"max_facts", max_facts_},
                                    {"template",
                                     {{"before_question", prompt_.before_question},
                                      {"judge", prompt_.judge},
                                      {"opening", prompt_.opening},
                                      {"facts_header", prompt_.facts_header},
                                      {"fact", prompt_.fact},
                                      {"end_token", prompt_.end_token}}}};
  write_file(adapter / kFile, json.dump(2) + "\n");
}

void RewardInput::read_facts(const std::string& path, const std::vector<std::string>& images) {
  if (!has_facts_) return;
  if (path.empty()) {
    throw ConfigError(Complaint{.component = "reward model",
                                .doing = "preparing its facts",
                                .expected = "data.facts, since it is shown facts",
                                .got = "nothing",
                                .hint = "set it to a file of facts about the images."});
  }
  facts_ = data::read_facts(path);
  data::check_facts(facts_, images, path);
}

text::TokenIds RewardInput::encode(const Assistant& assistant, std::vector<text::Turn> turns,
                                   const std::string& answer, const std::string& image,
                                   RandomKey key) const {
  turns.push_back({false, answer});
  const auto shown = has_facts_ ? data::shuffled_facts(facts_, image, max_facts_, key)
                                : std::vector<std::string>{};
  return text::encode_for_reward(assistant.tokenizer, assistant.format, prompt_, turns, shown).ids;
}

int64_t RewardInput::longest(const Assistant& assistant, std::vector<text::Turn> turns,
                             const std::string& answer, const std::string& image) const {
  turns.push_back({false, answer});
  std::vector<std::string> facts;
  if (has_facts_) facts = data::facts_of(facts_, image);
  if (std::ssize(facts) > max_facts_) {
    std::multimap<size_t, std::string, std::greater<>> by_length;
    for (const auto& fact : facts) by_length.emplace(assistant.tokenizer.encode(fact).size(), fact);
    facts.clear();
    for (const auto& [num_rows, fact] : by_length) {
      if (std::ssize(facts) < max_facts_) facts.push_back(fact);
    }
  }
  return std::ssize(
      text::encode_for_reward(assistant.tokenizer, assistant.format, prompt_, turns, facts).ids);
}

}  // namespace plumbline::engine
