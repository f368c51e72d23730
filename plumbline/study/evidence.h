// Reads what a study measured from its folders.
#pragma once

#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/study/layout.h"
#include "plumbline/study/seed_study.h"

namespace plumbline::study {

// Names of systems in tables. SFT+ has clean data beside SFT's, "SFT, more data" as much more of
// SFT's own kind; "SFT, all seeds" is what SFT would have been with other seeds.
inline constexpr const char *kSft = "SFT", *kSftPlus = "SFT+", *kSftMore = "SFT, more data",
                            *kSftAll = "SFT, all seeds";
inline constexpr const char *kWithoutFacts = "without facts", *kWithFacts = "with facts";
// "RLHF", "Fact-RLHF", and "RLHF, weak-kl" of a variant.
std::string system_name(bool has_facts, const std::string& variant = {});

struct Evidence {
  SeedStudy answers;    // kSft of the first seed, kSftAll and every policy: world_scoring.h
  SeedStudy finetunes;  // kSft, kSftPlus and kSftMore, all seeds of each
  SeedStudy rewards;    // kWithoutFacts, kWithFacts: accuracy on held-out comparisons
  SeedStudy gains;      // policies: proxy_gained, gold_gained, gap
};

// `variants` are names, kDefault among them. Gains are over SFT's answers to the same questions,
// in standard deviations of their scores: by the policy's own reward model (proxy) and the judge
// (gold); gap is proxy - gold. yes_bias is how far the share of "yes" lies from the truth's. Throws
// IoError or DataError for files that are not as the stages write them.
Evidence read_evidence(const Layout& layout, const std::vector<std::string>& variants,
                       int64_t seeds, const eval::BootstrapOptions& options);

}  // namespace plumbline::study
