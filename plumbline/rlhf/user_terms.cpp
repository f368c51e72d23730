#include "plumbline/rlhf/user_terms.h"

#include <set>

#include "plumbline/base/error.h"

namespace plumbline::rlhf {

remote::Target target_of(const std::string& text, const config::PpoConfig& c) {
  auto target = remote::parse_target(text);
  if (!target) {
    throw ConfigError(Complaint{.component = "ppo",
                                .doing = "reading whom to ask for a score",
                                .expected = "\"NAME=WEIGHT COMMAND\" or \"NAME=WEIGHT URL\"",
                                .got = "'" + text + "'",
                                .where = "ppo.user_terms or ppo.gold_judge"});
  }
  target->timeout_seconds = c.user_term_timeout;
  target->retries.count = c.user_term_retries;
  return *target;
}

std::vector<remote::ExternalTerm> user_terms(const config::PpoConfig& c) {
  std::vector<remote::ExternalTerm> terms;
  std::set<std::string> names = {"score",       "missing_end", "length", "repetition",
                                 "correctness", "kl",          "total"};
  for (const std::string& text : c.user_terms) {
    terms.emplace_back(target_of(text, c));
    const std::string& name = terms.back().target().name;
    if (names.insert(name).second) continue;
    throw ConfigError(Complaint{.component = "ppo",
                                .doing = "naming reward terms",
                                .expected = "a name of its own for each",
                                .got = "'" + name + "' again",
                                .where = "ppo.user_terms"});
  }
  return terms;
}

}  // namespace plumbline::rlhf
