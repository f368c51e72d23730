#include "plumbline/study/variant.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "plumbline/base/error.h"
#include "plumbline/config/toml_file.h"
#include "plumbline/data/record_checks.h"
#include "plumbline/study/layout.h"

namespace plumbline::study {
namespace {

constexpr const char* kDoing = "reading variants of the method";
// Sections of the config that a stage's list may set.
const std::map<std::string, std::set<std::string>> kStages = {
    {"annotate", {"annotate"}},
    {"reward", {"reward", "lora", "optimizer"}},
    {"ppo", {"ppo", "generation", "lora", "optimizer"}}};
// What the demo sets itself: there facts are the difference that is measured.
const std::set<std::string> kDemos = {"reward.facts", "reward.template"};
// Folders of a study's own, and what --variants means by itself.
const std::set<std::string> kReserved = {"answers",  "proxy", "sft", "sft-plus",
                                         "sft-more", "all",   "none"};

bool is_name(const std::string& text) {
  return !text.empty() && text[0] != '-' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// Settings that have no effect on a reward model that is shown no facts.
bool is_of_facts(const std::string& setting) {
  return setting.starts_with("reward.max_facts=") || setting.starts_with("reward.max_fact_tokens=");
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), problems_(path, kDoing) {}

  std::vector<Variant> read() {
    const toml::table table = config::read_toml(path_, "study", kDoing);
    for (const auto& [key, node] : table) {
      const toml::table* about = node.as_table();
      if (about == nullptr) {
        complain(node, fmt::format("expected a table, got '{}' with a value", key.str()));
      } else {
        const std::string name(key.str());
        variants_.emplace_back(node.source().begin.line, read_one(name, *about));
        check_name(node, variants_.back().second);
      }
    }
    problems_.finish();
    // The parser sorts by name.
    std::stable_sort(variants_.begin(), variants_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Variant> result;
    for (auto& [line, variant] : variants_) result.push_back(std::move(variant));
    return result;
  }

 private:
  void complain(const toml::node& node, const std::string& text) {
    problems_.add(fmt::format("line {}", node.source().begin.line), text);
  }

  void check_name(const toml::node& node, const Variant& variant) {
    if (!is_name(variant.name) || kReserved.contains(variant.name)) {
      complain(node, fmt::format("expected a name of letters, digits, '-' and '_' that is none of "
                                 "{}, got '{}'",
                                 fmt::join(kReserved, ", "), variant.name));
    } else if (variant.is_default() != (variant.name == kDefault)) {
      complain(node, variant.is_default()
                         ? fmt::format("expected settings or facts in '{}', got none", variant.name)
                         : fmt::format("expected no settings in '{}', which is the method itself",
                                       kDefault));
    }
  }

  Variant read_one(const std::string& name, const toml::table& table) {
    Variant variant{.name = name};
    for (const auto& [key, node] : table) {
      const std::string what(key.str());
      const auto text = node.value<std::string>();
      if (what == "about" && text) {
        variant.about = *text;
      } else if (what == "facts" && text == "exchanged") {
        variant.has_exchanged_facts = true;
      } else if (kStages.contains(what) && node.is_array()) {
        variant.settings[what] = read_settings(what, *node.as_array());
      } else {
        complain(node, fmt::format(
                           "expected about = \"...\", facts = \"exchanged\" or a list of settings "
                           "as annotate, reward or ppo, got '{}'",
                           what));
      }
    }
    return variant;
  }

  std::vector<std::string> read_settings(const std::string& stage, const toml::array& list) {
    std::vector<std::string> settings;
    for (const toml::node& node : list) {
      const auto text = node.value<std::string>();
      if (!text || text->find('=') == std::string::npos) {
        complain(node, "expected \"section.key=value\", got another value");
      } else if (!is_stages(stage, text->substr(0, text->find('=')))) {
        complain(node,
                 fmt::format("expected a setting of {} but {}, got '{}'",
                             fmt::join(kStages.at(stage), ", "), fmt::join(kDemos, ", "), *text));
      } else {
        settings.push_back(*text);
      }
    }
    return settings;
  }

  static bool is_stages(const std::string& stage, const std::string& key) {
    return kStages.at(stage).contains(key.substr(0, key.find('.'))) && !kDemos.contains(key);
  }

  std::string path_;
  data::Problems problems_;
  std::vector<std::pair<uint32_t, Variant>> variants_;
};

}  // namespace

bool Variant::differs_in_kl_alone() const {
  const auto ppo = settings_of("ppo");
  return !has_own_reward(true) && std::all_of(ppo.begin(), ppo.end(), [](const std::string& set) {
    return set.starts_with("ppo.kl_coef=");
  });
}

bool Variant::changes_facts() const {
  const auto reward = settings_of("reward");
  return has_exchanged_facts || std::any_of(reward.begin(), reward.end(), is_of_facts);
}

bool Variant::changes_reward() const {
  const auto reward = settings_of("reward");
  return !std::all_of(reward.begin(), reward.end(), is_of_facts);
}

std::vector<Variant> read_variants(const std::string& path) { return Reader(path).read(); }

std::vector<Variant> chosen_variants(const std::vector<Variant>& all, const std::string& names) {
  if (names == "all") return all;
  if (names == "none") return {};
  std::set<std::string> wanted;
  std::istringstream parts(names);
  for (std::string name; std::getline(parts, name, ',');) {
    std::erase(name, ' ');
    wanted.insert(name);
  }
  std::vector<Variant> chosen;
  std::vector<std::string> known;
  for (const Variant& variant : all) {
    known.push_back(variant.name);
    if (wanted.erase(variant.name) > 0) chosen.push_back(variant);
  }
  if (wanted.empty()) return chosen;
  throw ConfigError(
      Complaint{.component = "study",
                .doing = "choosing variants",
                .expected = fmt::format("all, none, or some of {}", fmt::join(known, ", ")),
                .got = fmt::format("'{}'", fmt::join(wanted, "', '")),
                .where = "--variants"});
}

data::Facts exchanged(const data::Facts& facts) {
  data::Facts result;
  if (facts.empty()) return result;
  const auto* before = &facts.rbegin()->second;
  for (const auto& [image, own] : facts) {
    result[image] = *before;
    before = &own;
  }
  return result;
}

}  // namespace plumbline::study
