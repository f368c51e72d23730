#include "plumbline/config/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "plumbline/config/section_lists.h"

namespace plumbline::config {
namespace {

template <class E>
Value enum_name(E value) {
  return names_of(value).at(static_cast<size_t>(value));
}

template <class T>
Value to_value(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return enum_name(value);
  } else {
    return value;
  }
}

template <class T>
T from_value(const Value& value) {
  if constexpr (std::is_enum_v<T>) {
    const auto& names = names_of(T{});
    const auto found = std::find(names.begin(), names.end(), std::get<std::string>(value));
    return static_cast<T>(found - names.begin());
  } else {
    return std::get<T>(value);
  }
}

// Binds one typed line to its section. Enums get their names as choices.
template <class S>
Field bind(S Config::*section, FieldOf<S> field) {
  Field bound{std::move(field.key),
              std::move(field.help),
              std::move(field.limits),
              std::move(field.source),
              {},
              {}};
  std::visit(
      [&](auto member) {
        using T = std::remove_cvref_t<decltype(std::declval<S&>().*member)>;
        if constexpr (std::is_enum_v<T>) bound.limits = one_of(names_of(T{}));
        bound.get = [section, member](const Config& c) { return to_value(c.*section.*member); };
        bound.set = [section, member](Config& c, const Value& value) {
          c.*section.*member = from_value<T>(value);
        };
      },
      field.member);
  return bound;
}

template <class S>
Section bind_all(std::string name, std::string help, S Config::*section,
                 std::vector<FieldOf<S>> list) {
  Section bound{std::move(name), std::move(help), {}};
  for (auto& field : list) bound.fields.push_back(bind(section, std::move(field)));
  return bound;
}

std::vector<Section> all_sections() {
  return {
      bind_all("run", "where a run is written and what it runs on", &Config::run, run_fields()),
      bind_all("model", "the model and its adapters", &Config::model, model_fields()),
      bind_all("data", "files a stage reads", &Config::data, data_fields()),
      bind_all("generation", "how answers are sampled", &Config::generation, generation_fields()),
      bind_all("sample", "pairs of sampled answers", &Config::sample, sample_fields()),
      bind_all("sft", "supervised fine-tuning", &Config::sft, sft_fields()),
      bind_all("reward", "the reward model", &Config::reward, reward_fields()),
      bind_all("ppo", "proximal policy optimisation", &Config::ppo, ppo_fields()),
      bind_all("optimizer", "AdamW and its schedule", &Config::optimizer, optimizer_fields()),
      bind_all("lora", "low-rank adapters", &Config::lora, lora_fields()),
      bind_all("eval", "benchmarks", &Config::eval, eval_fields()),
      bind_all("world", "data of the synthetic world", &Config::world, world_fields()),
      bind_all("pretrain", "a small vision tower and language model", &Config::pretrain,
               pretrain_fields()),
      bind_all("annotate", "simulated comparisons", &Config::annotate, annotate_fields()),
      bind_all("demo", "the whole method in one go", &Config::demo, demo_fields()),
  };
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

bool is_choice(const Limits& limits, const std::string& text) {
  return limits.choices.empty() ||
         std::find(limits.choices.begin(), limits.choices.end(), text) != limits.choices.end();
}

bool in_range(const Limits& limits, double number) {
  if (!std::isfinite(number)) return false;
  if (limits.low && (limits.low_is_open ? number <= *limits.low : number < *limits.low)) {
    return false;
  }
  return !limits.high || !(limits.high_is_open ? number >= *limits.high : number > *limits.high);
}

}  // namespace

const std::vector<std::string>& names_of(SftTrain) {
  static const std::vector<std::string> names = {"full", "language", "projector", "lora"};
  return names;
}
const std::vector<std::string>& names_of(KlEstimatorKind) {
  static const std::vector<std::string> names = {"k1", "k1_clamped", "k2", "k3"};
  return names;
}
const std::vector<std::string>& names_of(KlControllerKind) {
  static const std::vector<std::string> names = {"fixed", "adaptive"};
  return names;
}
const std::vector<std::string>& names_of(KlPlace) {
  static const std::vector<std::string> names = {"reward", "loss"};
  return names;
}
const std::vector<std::string>& names_of(Advantage) {
  static const std::vector<std::string> names = {"gae", "rloo", "reinforce_pp", "grpo"};
  return names;
}
const std::vector<std::string>& names_of(Positions) {
  static const std::vector<std::string> names = {"answer", "padded"};
  return names;
}
const std::vector<std::string>& names_of(LossWeights) {
  static const std::vector<std::string> names = {"tokens", "answers"};
  return names;
}
const std::vector<std::string>& names_of(ScoreScale) {
  static const std::vector<std::string> names = {"none", "running", "reference"};
  return names;
}
const std::vector<std::string>& names_of(MissingEnd) {
  static const std::vector<std::string> names = {"added", "instead"};
  return names;
}
const std::vector<std::string>& names_of(Quantization) {
  static const std::vector<std::string> names = {"none", "nf4", "int8"};
  return names;
}
const std::vector<std::string>& names_of(BadRecords) {
  static const std::vector<std::string> names = {"refuse", "skip"};
  return names;
}
const std::vector<std::string>& names_of(PairBy) {
  static const std::vector<std::string> names = {"none", "random", "length", "reward", "models"};
  return names;
}
const std::vector<std::string>& names_of(MissingFacts) {
  static const std::vector<std::string> names = {"refuse", "allow"};
  return names;
}
const std::vector<std::string>& names_of(RewardTrain) {
  static const std::vector<std::string> names = {"lora", "full"};
  return names;
}
const std::vector<std::string>& names_of(Centring) {
  static const std::vector<std::string> names = {"absolute", "squared"};
  return names;
}
const std::vector<std::string>& names_of(Labels) {
  static const std::vector<std::string> names = {"answers", "last_answer", "everything"};
  return names;
}
const std::vector<std::string>& names_of(TooLong) {
  static const std::vector<std::string> names = {"refuse", "skip", "truncate"};
  return names;
}
const std::vector<std::string>& names_of(DataOrder) {
  static const std::vector<std::string> names = {"shuffled", "length_grouped", "file"};
  return names;
}
const std::vector<std::string>& names_of(Schedule) {
  static const std::vector<std::string> names = {"constant", "linear", "cosine"};
  return names;
}

Limits at_least(double low) { return {.low = low}; }
Limits at_most(double high) { return {.high = high}; }
Limits above(double low) { return {.low = low, .low_is_open = true}; }
Limits between(double low, double high) { return {.low = low, .high = high}; }
Limits one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }
Limits path_to_read() { return {.path = PathKind::Read}; }
Limits path_to_write() { return {.path = PathKind::Write}; }

Limits Limits::below(double value) const {
  Limits limits = *this;
  limits.high = value;
  limits.high_is_open = true;
  return limits;
}

Limits Limits::up_to(double value) const {
  Limits limits = *this;
  limits.high = value;
  return limits;
}

std::string Limits::text() const {
  if (path != PathKind::None) return "a path";
  if (!choices.empty()) return fmt::format("one of {}", fmt::join(choices, ", "));
  if (low && high && !low_is_open && !high_is_open) return fmt::format("{} to {}", *low, *high);
  std::string text;
  if (low) text = fmt::format("{} {}", low_is_open ? "above" : "at least", *low);
  if (high) {
    text += fmt::format("{}{} {}", low ? ", " : "", high_is_open ? "below" : "at most", *high);
  }
  return text;
}

bool Limits::admits(const Value& value) const {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    if (!high && *number > kLargestInteger) return false;
    if (high && *number > static_cast<int64_t>(*high)) return false;  // doubles would round
    return in_range(*this, static_cast<double>(*number));
  }
  if (const auto* number = std::get_if<double>(&value)) return in_range(*this, *number);
  if (const auto* text = std::get_if<std::string>(&value)) return is_choice(*this, *text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return std::all_of(list->begin(), list->end(),
                       [this](const auto& item) { return is_choice(*this, item); });
  }
  return true;
}

const Field* Section::find(const std::string& key) const {
  for (const Field& field : fields) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

const std::vector<Section>& sections() {
  static const std::vector<Section> list = all_sections();
  return list;
}

const Section* find_section(const std::string& name) {
  for (const Section& section : sections()) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

const Field* find_field(const std::string& key) {
  const size_t dot = key.find('.');
  if (dot == std::string::npos) return nullptr;
  const Section* section = find_section(key.substr(0, dot));
  return section == nullptr ? nullptr : section->find(key.substr(dot + 1));
}

std::string expected(const Field& field) {
  static const char* const kinds[] = {"true or false", "an integer", "a number", "text",
                                      "a list of texts"};
  const std::string kind = kinds[field.get(Config{}).index()];
  const std::string range = field.limits.text();
  if (range.empty()) return kind;
  return kind == "text" ? range : kind + ", " + range;
}

std::string toml_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<double>(&value)) {
    const std::string text = fmt::format("{}", *number);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
  }
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  std::vector<std::string> items;
  for (const auto& item : std::get<std::vector<std::string>>(value)) items.push_back(quoted(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

}  // namespace plumbline::config
