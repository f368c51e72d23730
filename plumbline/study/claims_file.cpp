#include "plumbline/study/claims_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/study/method_claims.h"
#include "plumbline/study/tables.h"

namespace plumbline::study {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// What the stages' run.json say together.
struct Costs {
  std::set<std::string> versions, revisions, processors;
  std::set<int64_t> threads;
  double seconds = 0, peak_memory_bytes = 0;

  void add(const fs::path& file) {
    try {
      const json about = parse_json(read_file(file), file.string());
      versions.insert(about.at("plumbline"));
      revisions.insert(about.at("revision"));
      processors.insert(about.at("processor"));
      threads.insert(about.at("threads").get<int64_t>());
      seconds += about.at("seconds").get<double>();
      peak_memory_bytes = std::max(peak_memory_bytes, about.at("peak_memory_bytes").get<double>());
    } catch (const json::exception& e) {
      throw DataError(Complaint{.component = "study",
                                .doing = "reading what a stage cost",
                                .expected = "run.json of a complete run",
                                .got = untagged(e),
                                .where = file.string()});
    }
  }
};

// What a variant changes about the method itself.
void add_changes(json& policy, const SeedStudy& study, const std::string& name) {
  const std::string method = policy.at("method");
  for (const auto& figure : study.figures()) {
    policy["changes"][figure] = to_json(study.difference(name, method, figure));
  }
}

void add_figures(json& policy, const SeedStudy& study, const std::string& name) {
  for (const auto& figure : study.figures()) {
    policy["figures"][figure] = to_json(study.mean(name, figure));
  }
}

json policies_json(const Evidence& e, const StudyRun& run) {
  auto policies = json::array();
  policies.push_back({{"policy", kSft}, {"method", kSft}, {"variant", ""}});
  add_figures(policies.back(), e.answers, kSft);
  for (const auto& variant : run.variants) {
    const bool is_on_curve =
        std::find(run.curve.begin(), run.curve.end(), variant) != run.curve.end();
    for (const bool has_facts : {false, true}) {
      const std::string name = system_name(has_facts, variant);
      policies.push_back({{"policy", name},
                          {"method", system_name(has_facts)},
                          {"variant", variant == kDefault ? "" : variant},
                          {"facts", has_facts},
                          {"on_curve", is_on_curve}});
      add_figures(policies.back(), e.answers, name);
      add_figures(policies.back(), e.gains, name);
      if (variant == kDefault) continue;
      add_changes(policies.back(), e.answers, name);
      add_changes(policies.back(), e.gains, name);
    }
  }
  for (const char* name : {kSft, kSftMore, kSftPlus}) {
    const std::string method = std::string(name) + ", all seeds";
    policies.push_back({{"policy", method}, {"method", method}, {"variant", ""}});
    add_figures(policies.back(), e.finetunes, name);
  }
  return policies;
}

}  // namespace

ordered_json study_record(const Layout& layout, const StudyRun& run, const Evidence& evidence,
                          const std::vector<Claim>& claims) {
  Costs costs;
  for (const auto& name : run.runs) costs.add(layout / name / "run.json");
  auto listed = json::array(), shown = json::array();
  for (const auto* figures : {&shown_of_answers(), &shown_of_gains()}) {
    for (const auto& figure : *figures) shown.push_back(figure);
  }
  for (const Claim& claim : claims) listed.push_back(to_json(claim));
  return {{"command", run.command},
          {"versions", costs.versions},
          {"revisions", costs.revisions},
          {"processors", costs.processors},
          {"threads", costs.threads},
          {"seconds", costs.seconds},
          {"peak_memory_bytes", costs.peak_memory_bytes},
          {"seeds", run.seeds},
          {"images", evidence.answers.num_units()},
          {"claims", listed},
          {"shown_figures", shown},
          {"policies", policies_json(evidence, run)}};
}

StudyResult conclude(const Layout& layout, const StudyRun& run,
                     const eval::BootstrapOptions& options) {
  const Evidence evidence = read_evidence(layout, run.variants, run.seeds, options);
  const auto claims = method_claims(evidence);
  const ordered_json record = study_record(layout, run, evidence, claims);
  StudyResult result{
      .file = layout / "claims.json", .record = record, .claims_table = claims_table(claims)};
  write_file(result.file, json_text(record, 1) + "\n");
  write_file(layout / "claims.md",
             result.claims_table + "\n" + variants_table(evidence, run.variants));
  return result;
}

}  // namespace plumbline::study
