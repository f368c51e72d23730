// claims.json: what a study found, and on what.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/study/claims.h"
#include "plumbline/study/evidence.h"

namespace plumbline::study {

struct StudyRun {
  std::vector<std::string> command = {};
  std::vector<std::string> runs = {};  // folders of all stages, below the layout's root
  std::vector<std::string> variants = {};
  std::vector<std::string> curve = {};  // of them those that differ in the KL penalty alone
  int64_t seeds = 1;
};

// {"command", "versions": [...], "revisions": [...], "processors": [...], "threads": [...],
// "seconds": of all stages, "peak_memory_bytes", "seeds", "images", "claims": [...] (claims.h),
// "policies": [{"policy", "method", "variant": "" for the method itself, "facts": whether its
// reward model has some, "on_curve": whether it is the method itself but for the weight of the KL
// penalty, "figures": {name: {"value", "low", "high", "seeds"}}, "changes": of a variant, the same
// over the method itself}]}. Revisions and machines are those that the stages' run.json name.
// Throws IoError or DataError for a stage without one.
nlohmann::ordered_json study_record(const Layout& layout, const StudyRun& run,
                                    const Evidence& evidence, const std::vector<Claim>& claims);

struct StudyResult {
  fs::path file;  // claims.json
  nlohmann::json record;
  std::string claims_table;
};

// Reads the evidence and writes claims.json, and claims.md with the tables of claims and variants.
StudyResult conclude(const Layout& layout, const StudyRun& run,
                     const eval::BootstrapOptions& options);

}  // namespace plumbline::study
