#include "plumbline/engine/reward_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/base/log.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::engine {
namespace {

// Throws json::type_error for what is no number of facts.
int64_t count_of(const nlohmann::json& value) {
  constexpr int64_t kMost = 1 << 20;
  if (!value.is_number_integer() || value < 0 || value > kMost) {
    throw nlohmann::json::type_error::create(302, "limits of facts must be whole numbers", &value);
  }
  return value.get<int64_t>();
}

}  // namespace

RewardInput::RewardInput(text::RewardTemplate prompt, FactOptions options)
    : prompt_(std::move(prompt)), options_(options) {
  if (!options_.has_facts || prompt_.has_facts_slot()) return;
  throw ConfigError(Complaint{.component = "reward model",
                              .doing = "reading its template",
                              .expected = "the slot {facts} in before_question or judge",
                              .got = "none, with reward.facts = true",
                              .hint = "add the slot, or set reward.facts = false."});
}

RewardInput RewardInput::of(const config::RewardConfig& config) {
  return {text::load_reward_template(config.template_file),
          {.has_facts = config.facts,
           .max_facts = config.max_facts,
           .max_fact_tokens = config.max_fact_tokens}};
}

RewardInput RewardInput::load(const fs::path& adapter) {
  const fs::path file = adapter / kFile;
  if (!fs::exists(file)) {
    throw CheckpointError(Complaint{.component = "reward model",
                                    .doing = "reading how it is asked",
                                    .expected = kFile,
                                    .got = "none",
                                    .where = adapter.string(),
                                    .hint =
                                        "`plumbline reward` writes it beside the adapter; for one "
                                        "made elsewhere, set reward.template (score)."});
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
            {.has_facts = json.at("facts").get<bool>(),
             .max_facts = count_of(json.at("max_facts")),
             .max_fact_tokens = count_of(json.value("max_fact_tokens", nlohmann::json(0)))}};
  } catch (const nlohmann::json::exception& e) {
    throw DataError(Complaint{.component = "reward model",
                              .doing = "reading how it is asked",
                              .expected = "facts, max_facts and template with all its texts",
                              .got = untagged(e),
                              .where = file.string()});
  }
}

void RewardInput::save(const fs::path& adapter) const {
  const nlohmann::ordered_json json{{"facts", options_.has_facts},
                                    {"max_facts", options_.max_facts},
                                    {"max_fact_tokens", options_.max_fact_tokens},
                                    {"template",
                                     {{"before_question", prompt_.before_question},
                                      {"judge", prompt_.judge},
                                      {"opening", prompt_.opening},
                                      {"facts_header", prompt_.facts_header},
                                      {"fact", prompt_.fact},
                                      {"end_token", prompt_.end_token}}}};
  write_file(adapter / kFile, json.dump(2) + "\n");
}

void RewardInput::read_facts(const std::string& path, const std::vector<FactRequest>& requests,
                             config::MissingFacts missing) {
  if (!has_facts()) return;
  const bool needs_file = std::any_of(requests.begin(), requests.end(), [](const FactRequest& r) {
    return r.own.empty() && !r.images.empty();
  });
  if (!needs_file) return;
  if (path.empty()) {
    throw ConfigError(Complaint{.component = "reward model",
                                .doing = "preparing its facts",
                                .expected = "data.facts, since it is shown facts",
                                .got = "nothing",
                                .hint = "set it to a file of facts about the images."});
  }
  facts_ = data::read_facts(path);
  std::set<std::string> without;
  for (const FactRequest& request : requests) {
    if (!request.images.empty() && facts_of(request).empty()) without.insert(request.images[0]);
  }
  if (without.empty()) return;
  const std::string got =
      fmt::format("none for {} of them, such as '{}'", without.size(), *without.begin());
  if (missing == config::MissingFacts::Allow) {
    log_warning("{}: facts of images: {}", path, got);
    return;
  }
  throw DataError(Complaint{
      .component = "reward model",
      .doing = "looking up the facts of images",
      .expected = "facts for every image",
      .got = got,
      .where = path,
      .hint =
          "the file maps an image's file name (or its id) to a list of captions; "
          "data.missing_facts "
          "= \"allow\" goes on without, reward.facts = false trains a model that is shown none."});
}

void RewardInput::check_budget(const text::Tokenizer& tokenizer,
                               const std::vector<FactRequest>& requests) const {
  if (!has_facts() || options_.max_fact_tokens == 0) return;
  std::set<std::string> checked;
  for (const FactRequest& request : requests) {
    for (const std::string& fact : facts_of(request)) {
      if (!checked.insert(fact).second) continue;
      const int64_t tokens = fact_tokens(tokenizer, fact);
      if (tokens <= options_.max_fact_tokens) continue;
      throw DataError(Complaint{
          .component = "reward model",
          .doing = "measuring facts",
          .expected =
              fmt::format("at most {} tokens, reward.max_fact_tokens", options_.max_fact_tokens),
          .got = fmt::format("{} in '{}'", tokens, fact.substr(0, 80)),
          .where = request.images.empty() ? "" : request.images[0],
          .hint = "raise the limit, or shorten the fact: only whole facts are shown."});
    }
  }
}

std::vector<std::string> facts_of(const data::Facts& facts, const FactRequest& request) {
  if (!request.own.empty()) return request.own;
  std::vector<std::string> all;
  for (const std::string& image : request.images) {
    const auto own = data::facts_of(facts, image, request.kind);
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

std::vector<std::string> RewardInput::facts_of(const FactRequest& request) const {
  return engine::facts_of(facts_, request);
}

int64_t RewardInput::fact_tokens(const text::Tokenizer& tokenizer, const std::string& fact) const {
  return std::ssize(tokenizer.encode(text::fact_line(prompt_, fact)));
}

std::vector<std::string> RewardInput::shown_facts(const text::Tokenizer& tokenizer,
                                                  const FactRequest& request, RandomKey key) const {
  if (!has_facts()) return {};
  auto facts = data::shuffled(facts_of(request), key);
  if (std::ssize(facts) > options_.max_facts) facts.resize(static_cast<size_t>(options_.max_facts));
  if (options_.max_fact_tokens == 0) return facts;
  int64_t tokens = 0;
  size_t room = 0;
  for (; room < facts.size(); ++room) {
    tokens += fact_tokens(tokenizer, facts[room]);
    if (tokens > options_.max_fact_tokens) break;
  }
  facts.resize(room);
  return facts;
}

text::EncodedConversation RewardInput::encode(const text::Tokenizer& tokenizer,
                                              const text::PromptFormat& format,
                                              std::vector<text::Turn> turns,
                                              const std::string& answer,
                                              const std::vector<std::string>& facts) const {
  for (text::Turn& turn : turns) turn.is_trained = false;
  turns.push_back({false, answer});
  return text::encode_for_reward(tokenizer, format, prompt_, turns, facts);
}

text::TokenIds RewardInput::encode(const Assistant& assistant, std::vector<text::Turn> turns,
                                   const std::string& answer, const FactRequest& request,
                                   RandomKey key) const {
  return encode(assistant.tokenizer, assistant.format, std::move(turns), answer,
                shown_facts(assistant.tokenizer, request, key))
      .ids;
}

int64_t RewardInput::longest(const Assistant& assistant, const std::vector<text::Turn>& turns,
                             const std::string& answer, const FactRequest& request) const {
  std::multimap<int64_t, std::string, std::greater<>> by_length;
  if (has_facts()) {
    for (const auto& fact : facts_of(request)) {
      by_length.emplace(fact_tokens(assistant.tokenizer, fact), fact);
    }
  }
  std::vector<std::string> facts;
  int64_t tokens = 0;
  for (const auto& [length, fact] : by_length) {
    if (std::ssize(facts) == options_.max_facts) break;
    facts.push_back(fact);
    tokens += length;
  }
  const auto rows = [&](const std::vector<std::string>& shown) {
    return std::ssize(encode(assistant.tokenizer, assistant.format, turns, answer, shown).ids);
  };
  const int64_t limit = options_.max_fact_tokens;
  if (limit == 0 || tokens <= limit || facts.empty()) return rows(facts);
  // Facts by themselves and facts in the text may become different tokens: the longest one stands
  // for what surrounds them all, the limit for the rest.
  return rows({facts.front()}) + limit;
}

FactRequest fact_request(const data::Comparison& comparison) {
  return {.images = comparison.images,
          .kind = data::fact_kind_of(data::caption_type_of(comparison.metadata)),
          .own = comparison.facts};
}

FactRequest fact_request(const data::Prompt& prompt) {
  FactRequest request;
  if (!prompt.image.empty()) request.images = {prompt.image};
  request.kind = data::fact_kind_of(prompt.caption_type);
  return request;
}

}  // namespace plumbline::engine
