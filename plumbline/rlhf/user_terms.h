// Reward terms and judges that users name in the config.
#pragma once

#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/remote/answer_scorer.h"

namespace plumbline::rlhf {

// "NAME=WEIGHT WHERE" of the setting `key`, with the timeout, retries and key of [ppo]. Throws
// ConfigError for another form.
remote::ScorerSpec scorer_of(const std::string& text, const std::string& key,
                             const config::PpoConfig& config);

// What is asked about an answer to a prompt; images are files, or data URLs.
remote::AnswerToScore asked_of(const std::string& id, const std::string& image,
                               const std::string& image_folder, const std::string& prompt);

// Asks for a made-up answer, so that what cannot work is known before anything long starts. Throws
// what AnswerScorer::score does.
void try_out(const remote::AnswerScorer& term);

// ppo.user_terms. Throws ConfigError also for a name that comes twice, is one of our own terms', or
// would be that of another figure.
std::vector<remote::AnswerScorer> user_terms(const config::PpoConfig& config);

}  // namespace plumbline::rlhf
