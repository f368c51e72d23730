// Reward terms and judges that users name in the config.
#pragma once

#include <string>
#include <vector>

#include "plumbline/config/config.h"
#include "plumbline/remote/reward_term.h"

namespace plumbline::rlhf {

// "NAME=WEIGHT WHERE" with the timeout and retries of [ppo]. Throws ConfigError for another form.
remote::Target target_of(const std::string& text, const config::PpoConfig& config);

// ppo.user_terms. Throws ConfigError also for a name that comes twice or is one of our own terms'.
std::vector<remote::ExternalTerm> user_terms(const config::PpoConfig& config);

}  // namespace plumbline::rlhf
