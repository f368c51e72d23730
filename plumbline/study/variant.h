// Variants of the method on the world: what a study changes of the demo's settings.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plumbline/data/facts.h"

namespace plumbline::study {

struct Variant {
  std::string name;
  std::string about = {};  // what it asks, in a sentence
  // Stage ("annotate", "reward", "ppo") to the settings, "key=value", that are not the demo's.
  std::map<std::string, std::vector<std::string>> settings = {};
  bool has_exchanged_facts = false;  // each picture has another one's facts

  std::vector<std::string> settings_of(const std::string& stage) const {
    const auto found = settings.find(stage);
    return found == settings.end() ? std::vector<std::string>() : found->second;
  }
  bool has_own_comparisons() const { return settings.contains("annotate"); }
  // Whether it trains reward models, or policies, of its own. What only changes facts changes
  // nothing without them.
  bool has_own_reward(bool has_facts) const {
    return has_own_comparisons() || changes_reward() || (has_facts && changes_facts());
  }
  bool has_own_policy(bool has_facts) const {
    return has_own_reward(has_facts) || settings.contains("ppo");
  }
  bool is_default() const { return settings.empty() && !has_exchanged_facts; }
  // Whether it is the method itself but for the weight of the KL penalty: those are points of one
  // curve of what a policy says against what of it is false.
  bool differs_in_kl_alone() const;

 private:
  bool changes_facts() const;
  bool changes_reward() const;  // in more than its facts
};

// Reads a file of tables: name = {about = "...", annotate = ["key=value", ...], reward = [...],
// ppo = [...], facts = "exchanged"}, in the file's order. Names become folders. A stage's list may
// hold its own settings, and those of what trains it, but what the demo sets itself; values are
// not looked at. Throws
// IoError, or DataError for all that is wrong with the file.
std::vector<Variant> read_variants(const std::string& path);

// Those of `names`, "all", "none" or a list with commas, in the order of `all`. Throws ConfigError
// for names that are none.
std::vector<Variant> chosen_variants(const std::vector<Variant>& all, const std::string& names);

// Each image with the facts of the one before it; the first has the last one's.
data::Facts exchanged(const data::Facts& facts);

}  // namespace plumbline::study
