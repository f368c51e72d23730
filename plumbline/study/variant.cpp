#include "plumbline/study/variant.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/config/toml_file.h"
#include "plumbline/data/record_checks.h"

namespace plumbline::study {
namespace {

constexpr const char* kDoing = "reading variants of the method";
const std::set<std::string> kStages = {"annotate", "reward", "ppo"};

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
        variants_.emplace_back(node.source().begin.line, read_one(std::string(key.str()), *about));
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
        variant.settings[what] = read_settings(*node.as_array());
      } else {
        complain(node, fmt::format(
                           "expected about = \"...\", facts = \"exchanged\" or a list of settings "
                           "as annotate, reward or ppo, got '{}'",
                           what));
      }
    }
    return variant;
  }

  std::vector<std::string> read_settings(const toml::array& list) {
    std::vector<std::string> settings;
    for (const toml::node& node : list) {
      const auto text = node.value<std::string>();
      if (text && text->find('=') != std::string::npos) {
        settings.push_back(*text);
      } else {
        complain(node, "expected \"section.key=value\", got another value");
      }
    }
    return settings;
  }

  std::string path_;
  data::Problems problems_;
  std::vector<std::pair<uint32_t, Variant>> variants_;
};

}  // namespace

std::vector<Variant> read_variants(const std::string& path) { return Reader(path).read(); }

std::vector<Variant> chosen_variants(const std::vector<Variant>& all, const std::string& names) {
  if (names == "all") return all;
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
  throw ConfigError(Complaint{.component = "study",
                              .doing = "choosing variants",
                              .expected = fmt::format("all, or some of {}", fmt::join(known, ", ")),
                              .got = "'" + *wanted.begin() + "'"});
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
