#include "plumbline/rlhf/user_terms.h"

#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/remote/url.h"
#include "plumbline/rlhf/shaped.h"

namespace plumbline::rlhf {

remote::ScorerSpec scorer_of(const std::string& text, const std::string& key,
                             const config::PpoConfig& c) {
  auto spec = remote::parse_scorer(text);
  if (!spec) {
    throw ConfigError(Complaint{.component = "ppo",
                                .doing = "reading whom to ask for a score",
                                .expected = "\"NAME=WEIGHT COMMAND\" or \"NAME=WEIGHT URL\"",
                                .got = "'" + text + "'",
                                .where = key});
  }
  spec->timeout_seconds = c.user_term_timeout;
  spec->retries.count = c.user_term_retries;
  spec->key_variable = remote::is_url(spec->where) ? c.user_term_key : "";
  return *spec;
}

remote::AnswerToScore asked_of(const std::string& id, const std::string& image,
                               const std::string& image_folder, const std::string& prompt) {
  remote::AnswerToScore asked{.id = id, .prompt = prompt};
  const bool is_file = !image.starts_with("data:");
  if (!image.empty()) {
    asked.images = {is_file ? (fs::path(image_folder) / image).string() : image};
  }
  return asked;
}

void try_out(const remote::AnswerScorer& term) {
  term.score({{.id = "trial", .prompt = "What is it?", .answer = "A cup."}});
}

std::vector<remote::AnswerScorer> user_terms(const config::PpoConfig& c) {
  std::vector<remote::AnswerScorer> terms;
  std::set<std::string> names = {"kl", "total"};
  names.insert(own_terms().begin(), own_terms().end());
  for (const std::string& text : c.user_terms) {
    terms.emplace_back(scorer_of(text, "ppo.user_terms", c));
    const std::string& name = terms.back().spec().name;
    const bool is_figure = name.ends_with("_std") || name.ends_with("_share");
    if (!is_figure && names.insert(name).second) continue;
    throw ConfigError(
        Complaint{.component = "ppo",
                  .doing = "naming reward terms",
                  .expected = "a name of its own for each, not ending in _std or _share",
                  .got = "'" + name + "'",
                  .where = "ppo.user_terms",
                  .hint = "figures are called reward/NAME, reward/NAME_std and "
                          "reward/NAME_share."});
  }
  return terms;
}

}  // namespace plumbline::rlhf
