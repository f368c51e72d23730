// Reads what a study measured from its folders.
#pragma once

#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/study/claims.h"
#include "plumbline/study/layout.h"

namespace plumbline::study {

// Names of systems in tables: "SFT", "SFT+", "RLHF", "Fact-RLHF", and "RLHF, weak-kl" for variants.
std::string system_name(bool has_facts, const std::string& variant = {});

struct Evidence {
  SeedStudy answers;    // SFT, and every policy: figures of world_scoring.h, and yes_bias
  SeedStudy finetunes;  // "SFT" and "SFT+", several seeds of each
  SeedStudy rewards;    // "without facts", "with facts": accuracy on held-out comparisons
  SeedStudy gains;      // policies: proxy_gained, gold_gained, gap
};

// `variants` are names, "default" among them. Gains are over SFT's answers to the same questions,
// in standard deviations of their scores: by the policy's own reward model (proxy) and the judge
// (gold); gap is proxy - gold. yes_bias is how far the share of "yes" lies from the truth's one
// half. Throws IoError or DataError for files that are not as the stages write them.
Evidence read_evidence(const Layout& layout, const std::vector<std::string>& variants,
                       int64_t seeds, const eval::BootstrapOptions& options);

// The claims of "Aligning Large Multimodal Models with Factually Augmented RLHF" (arXiv 2309.14525)
// as they can be tested on the world; those that `evidence` has the systems for.
std::vector<Claim> claims_of(const Evidence& evidence);

// Two tables in Markdown: the policies of all variants with their figures, and what facts change in
// each variant, with intervals over seeds and images.
std::string variants_table(const Evidence& evidence, const std::vector<std::string>& variants);

}  // namespace plumbline::study
