#include "plumbline/data/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/data/chat_record.h"
#include "plumbline/data/llava_json.h"
#include "plumbline/data/record_file.h"
#include "plumbline/data/record_members.h"
#include "plumbline/formats/json_lines.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& expected) { throw std::invalid_argument(expected); }

// Members with a meaning, in either form and in one.
const std::set<std::string> kShared = {
    "id",    "image",  "images",          "preference", "hallucination", "hallucination_1",
    "votes", "margin", "hallucination_2", "facts"};
const std::set<std::string> kLlava = {"conversations", "output_1", "output_2"};
const std::set<std::string> kMessages = {"prompt", "chosen", "rejected"};

Choice read_choice(const json& value, const std::string& name) {
  if (value == 1) return Choice::First;
  if (value == 2) return Choice::Second;
  if (value == "tie") return Choice::Tie;
  wrong(fmt::format("\"{}\" to be 1, 2 or \"tie\", got {}", name, value.dump().substr(0, 40)));
}

json choice_json(Choice choice) {
  return choice == Choice::Tie ? json("tie") : json(choice == Choice::First ? 1 : 2);
}

std::optional<bool> read_flag(const json& value, const char* name) {
  const auto it = value.find(name);
  if (it == value.end() || it->is_null()) return std::nullopt;
  if (!it->is_boolean()) wrong(fmt::format("\"{}\" to be true or false", name));
  return it->get<bool>();
}

void write_flag(json& value, const char* name, std::optional<bool> flag) {
  if (flag) value[name] = *flag;
}

std::vector<Vote> read_votes(const json& value) {
  std::vector<Vote> votes;
  std::set<std::string> annotators;
  const auto list = value.find("votes");
  if (list == value.end() || list->is_null()) return votes;
  if (!list->is_array()) wrong("\"votes\" to be a list");
  for (const json& one : *list) {
    if (!one.is_object()) wrong("votes to be objects");
    Vote vote{.annotator = required_text(one, "annotator"),
              .choice = read_choice(required(one, "choice"), "choice"),
              .hallucination_1 = read_flag(one, "hallucination_1"),
              .hallucination_2 = read_flag(one, "hallucination_2")};
    if (!annotators.insert(vote.annotator).second) {
      wrong("one vote of each annotator, got two of '" + vote.annotator + "'");
    }
    votes.push_back(std::move(vote));
  }
  return votes;
}

json votes_json(const std::vector<Vote>& votes) {
  json list = json::array();
  for (const Vote& vote : votes) {
    json one{{"annotator", vote.annotator}, {"choice", choice_json(vote.choice)}};
    write_flag(one, "hallucination_1", vote.hallucination_1);
    write_flag(one, "hallucination_2", vote.hallucination_2);
    list.push_back(std::move(one));
  }
  return list;
}

std::vector<std::string> read_own_facts(const json& value) {
  const auto it = value.find("facts");
  if (it == value.end() || it->is_null()) return {};
  auto facts = text_list(*it, "facts");
  for (const std::string& fact : facts) {
    if (fact.find_first_not_of(" \t\r\n") == std::string::npos) wrong("no empty fact");
  }
  return facts;
}

// What both forms write alike.
void read_shared(const json& value, Comparison& c) {
  c.votes = read_votes(value);
  c.hallucination = read_flag(value, "hallucination");
  c.hallucination_1 = read_flag(value, "hallucination_1");
  c.hallucination_2 = read_flag(value, "hallucination_2");
  if (value.contains("margin") && !value["margin"].is_null()) {
    if (!value["margin"].is_number()) wrong("\"margin\" to be a number");
    c.margin = value["margin"].get<double>();
    // A thousand logits are certainty; much more is no float any longer.
    if (!(*c.margin >= 0 && *c.margin <= 1000)) wrong("a margin of 0 to 1000");
  }
  c.facts = read_own_facts(value);
}

void read_metadata(const json& value, const std::set<std::string>& own, Comparison& c) {
  for (const auto& [name, member] : value.items()) {
    if (!kShared.contains(name) && !own.contains(name)) c.metadata[name] = member;
  }
}

std::string output_of(const json& value, const char* name) {
  const json& output = required(value, name);
  return output.is_string() ? output.get<std::string>() : required_text(output, "value");
}

Comparison read_llava(const json& value) {
  Comparison c{.id = record_id(value),
               .images = llava_images(value),
               .turns = llava_question(value),
               .output_1 = output_of(value, "output_1"),
               .output_2 = output_of(value, "output_2")};
  read_shared(value, c);
  read_metadata(value, kLlava, c);
  if (value.contains("preference") && !value["preference"].is_null()) {
    c.preference = read_choice(value["preference"], "preference");
  } else if (!c.votes.empty()) {
    c.preference = majority(c.votes);
  }
  return c;
}

// The conversation that ends with one of the two answers, as its own chat record.
ChatRecord read_side(const json& value, const char* side) {
  json own{{value.contains("prompt") ? side : "messages", required(value, side)}};
  for (const char* name : {"prompt", "images", "image"}) {
    if (value.contains(name)) own[name] = value[name];
  }
  return read_chat_record(own, side, Placeholders::AreImages);
}

// Whether images are counted and a text spells a placeholder all the same: as data.
bool spells_data(const std::vector<text::Turn>& turns) {
  return std::any_of(turns.begin(), turns.end(), [](const text::Turn& turn) {
    return turn.images_before >= 0 && count_placeholders(turn.text) > 0;
  });
}

// Images that are counted become placeholders, the form of LLaVA's files, unless the text spells
// one: then its spelling is data.
void spell_images(std::vector<text::Turn>& turns) {
  const bool is_data = spells_data(turns);
  for (text::Turn& turn : turns) {
    turn.is_trained = true;
    if (is_data || turn.images_before < 0) continue;
    for (int64_t i = 0; i < turn.images_before; ++i) turn.text = text::with_image(turn.text);
    turn.images_before = -1;
  }
}

Comparison read_messages(const json& value, const std::string& number) {
  const bool is_second = value.contains("preference") && value["preference"] == 2;
  ChatRecord chosen = read_side(value, "chosen"), rejected = read_side(value, "rejected");
  if (chosen.turns.empty() || rejected.turns.empty()) wrong("messages in chosen and rejected");
  const std::string better = chosen.turns.back().text, worse = rejected.turns.back().text;
  if (chosen.turns.back().is_user || rejected.turns.back().is_user) {
    wrong("an assistant's message at the end of chosen and rejected");
  }
  chosen.turns.pop_back();
  rejected.turns.pop_back();
  if (chosen.turns != rejected.turns || chosen.images != rejected.images) {
    wrong("chosen and rejected to differ in their last message alone");
  }
  Comparison c{.id = value.contains("id") ? record_id(value) : number,
               .images = std::move(chosen.images),
               .turns = std::move(chosen.turns),
               .output_1 = is_second ? worse : better,
               .output_2 = is_second ? better : worse};
  spell_images(c.turns);
  read_shared(value, c);
  read_metadata(value, kMessages, c);
  c.preference =
      value.contains("preference") ? read_choice(value["preference"], "preference") : Choice::First;
  return c;
}

bool is_messages(const json& value) {
  return value.contains("chosen") || value.contains("rejected");
}

void check(const Comparison& c, const std::string& where, RecordChecks& checks) {
  for (const std::string& image : c.images) checks.image(where, image);
  checks.turns(where, c.turns, c.images.size());
  checks.answer(where, "output 1", c.output_1);
  checks.answer(where, "output 2", c.output_2);
  if (c.output_1 == c.output_2) wrong("two answers that differ, got the same twice");
}

json write_shared(const Comparison& c, const std::set<std::string>& own) {
  json value = json::object();
  for (const auto& [name, member] : c.metadata.items()) {
    if (kShared.contains(name) || own.contains(name)) {
      throw DataError(Complaint{.component = "data",
                                .doing = "writing comparison '" + c.id + "'",
                                .expected = "members that mean nothing in the form to write",
                                .got = "'" + name + "'",
                                .hint = "rename it in the file it comes from."});
    }
    value[name] = member;
  }
  value["id"] = c.id;
  if (!c.votes.empty()) value["votes"] = votes_json(c.votes);
  write_flag(value, "hallucination", c.hallucination);
  write_flag(value, "hallucination_1", c.hallucination_1);
  write_flag(value, "hallucination_2", c.hallucination_2);
  if (c.margin) value["margin"] = *c.margin;
  if (!c.facts.empty()) value["facts"] = c.facts;
  if (c.preference) value["preference"] = choice_json(*c.preference);
  return value;
}

json llava_json(const Comparison& c) {
  if (spells_data(c.turns)) {
    throw DataError(
        Complaint{.component = "data",
                  .doing = "writing comparison '" + c.id + "' in LLaVA's form",
                  .expected = fmt::format("no {} spelt in a text, as it stands for an image there",
                                          text::kImagePlaceholder),
                  .got = "one"});
  }
  json value = write_shared(c, kLlava);
  value["conversations"] = llava_turns_json(c.turns);
  value["conversations"].push_back({{"from", "gpt"}, {"value", ""}});  // the slot of the outputs
  value["output_1"] = {{"from", "llava"}, {"value", c.output_1}};
  value["output_2"] = {{"from", "llava"}, {"value", c.output_2}};
  if (c.images.size() == 1) value["image"] = c.images.front();
  if (c.images.size() > 1) value["image"] = c.images;
  return value;
}

// The texts behind the images before them; nothing where that would not read back as it is.
std::optional<std::vector<text::Turn>> counted(const std::vector<text::Turn>& turns) {
  const std::string line = text::with_image("");
  std::vector<text::Turn> result = turns;
  for (text::Turn& turn : result) {
    if (turn.images_before >= 0) continue;
    turn.images_before = 0;
    while (turn.is_user && turn.text.starts_with(line)) {
      turn.text.erase(0, line.size());
      ++turn.images_before;
    }
    if (turn.is_user && count_placeholders(turn.text) > 0) return std::nullopt;
  }
  return result;
}

json message_json(const text::Turn& turn) {
  const char* role = turn.is_user ? "user" : "assistant";
  if (turn.images_before <= 0) return {{"role", role}, {"content", turn.text}};
  json parts = json::array();
  for (int64_t i = 0; i < turn.images_before; ++i) parts.push_back({{"type", "image"}});
  parts.push_back({{"type", "text"}, {"text", turn.text}});
  return {{"role", role}, {"content", std::move(parts)}};
}

json messages_json(const Comparison& c) {
  if (!c.preference) {
    throw DataError(Complaint{.component = "data",
                              .doing = "writing comparison '" + c.id + "' as messages",
                              .expected = "a preference, as one answer is \"chosen\"",
                              .got = "none"});
  }
  json value = write_shared(c, kMessages);
  json prompt = json::array();
  // An image within a text is spelt there.
  for (const text::Turn& turn : counted(c.turns).value_or(c.turns)) {
    prompt.push_back(message_json(turn));
  }
  const auto answer = [](const std::string& text) {
    return json::array({{{"role", "assistant"}, {"content", text}}});
  };
  const bool is_second = c.preference == Choice::Second;
  value["prompt"] = std::move(prompt);
  value["chosen"] = answer(is_second ? c.output_2 : c.output_1);
  value["rejected"] = answer(is_second ? c.output_1 : c.output_2);
  if (!c.images.empty()) value["images"] = c.images;
  return value;
}

}  // namespace

bool is_held_out(const Comparison& pair, double share, RandomKey key) {
  const std::string& picture = pair.images.empty() ? pair.id : pair.images.front();
  return Random(key.at("held-out").at(picture)).chance(share);
}

Choice majority(const std::vector<Vote>& votes) {
  int64_t lead = 0;
  for (const Vote& vote : votes) {
    lead += vote.choice == Choice::First ? 1 : vote.choice == Choice::Second ? -1 : 0;
  }
  return lead > 0 ? Choice::First : lead < 0 ? Choice::Second : Choice::Tie;
}

AnnotatorWeights weights_of(const config::RewardConfig& config) {
  AnnotatorWeights weights;
  for (const std::string& text : config.annotator_weights) {
    weights.insert(*config::parse_weight(text));
  }
  return weights;
}

Target target_of(const Comparison& comparison, const AnnotatorWeights& weights) {
  const auto share = [](Choice choice) {
    return choice == Choice::First ? 1.0 : choice == Choice::Second ? 0.0 : 0.5;
  };
  if (comparison.votes.empty()) {
    PLUMBLINE_CHECK(comparison.preference.has_value(), "no preference: " + comparison.id);
    return {.first = share(*comparison.preference)};
  }
  double first = 0, weight = 0;
  for (const Vote& vote : comparison.votes) {
    const auto known = weights.find(vote.annotator);
    const double own = known == weights.end() ? 1 : known->second;
    first += own * share(vote.choice);
    weight += own;
  }
  if (weight == 0) return {.first = 0.5, .weight = 0};
  return {.first = first / weight, .weight = weight / static_cast<double>(comparison.votes.size())};
}

namespace {

std::vector<Comparison> read(const std::string& path, const std::string& doing,
                             const std::string& image_folder, config::BadRecords bad_records,
                             bool needs_preference) {
  int64_t number = 0;
  return read_all<Comparison>(
      path, doing, image_folder,
      [&](const json& value, const std::string& where, RecordChecks& checks) {
        ++number;
        if (!value.is_object()) wrong("an object");
        Comparison c =
            is_messages(value) ? read_messages(value, std::to_string(number)) : read_llava(value);
        if (needs_preference && !c.preference) wrong("\"preference\", or \"votes\"");
        check(c, where, checks);
        return c;
      },
      bad_records);
}

}  // namespace

std::vector<Comparison> read_comparisons(const std::string& path, const std::string& image_folder,
                                         config::BadRecords bad_records) {
  return read(path, "reading comparisons", image_folder, bad_records, true);
}

std::vector<Comparison> read_pairs(const std::string& path, const std::string& image_folder) {
  return read(path, "reading pairs of answers", image_folder, config::BadRecords::Refuse, false);
}

json pair_json(const Comparison& pair) { return llava_json(pair); }
Comparison pair_from_json(const json& value) { return read_llava(value); }

void write_comparisons(const std::string& path, const std::vector<Comparison>& comparisons,
                       ComparisonForm form) {
  std::vector<json> values;
  values.reserve(comparisons.size());
  for (const Comparison& c : comparisons) {
    values.push_back(form == ComparisonForm::Llava ? llava_json(c) : messages_json(c));
  }
  if (form == ComparisonForm::Llava) return write_array(path, values);
  formats::write_records(path, values);
}

}  // namespace plumbline::data
