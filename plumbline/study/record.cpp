#include "plumbline/study/record.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"

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

ordered_json mean_json(const SeedMean& mean) {
  const auto& i = mean.interval;
  return {{"value", i.value}, {"low", i.low}, {"high", i.high}, {"seeds", mean.by_seed}};
}

void add_figures(ordered_json& policy, const SeedStudy& study, const std::string& name) {
  for (const auto& figure : study.figures()) {
    policy["figures"][figure] = mean_json(study.mean(name, figure));
  }
}

ordered_json policies_json(const Evidence& e, const std::vector<std::string>& variants) {
  auto policies = ordered_json::array();
  policies.push_back({{"policy", "SFT"}});
  add_figures(policies.back(), e.answers, "SFT");
  for (const auto& variant : variants) {
    for (const bool has_facts : {false, true}) {
      const std::string name = system_name(has_facts, variant);
      policies.push_back({{"policy", name}});
      add_figures(policies.back(), e.answers, name);
      add_figures(policies.back(), e.gains, name);
    }
  }
  policies.push_back({{"policy", "SFT+"}});
  add_figures(policies.back(), e.finetunes, "SFT+");
  return policies;
}

}  // namespace

ordered_json study_record(const Layout& layout, const StudyRun& run, const Evidence& evidence,
                          const std::vector<Claim>& claims) {
  Costs costs;
  for (const auto& name : run.runs) costs.add(layout / name / "run.json");
  auto listed = ordered_json::array();
  for (const Claim& claim : claims) listed.emplace_back(to_json(claim));
  return {{"command", run.command},
          {"plumbline", costs.versions},
          {"revisions", costs.revisions},
          {"processors", costs.processors},
          {"threads", costs.threads},
          {"seconds", costs.seconds},
          {"peak_memory_bytes", costs.peak_memory_bytes},
          {"seeds", run.seeds},
          {"images", evidence.answers.num_units()},
          {"claims", listed},
          {"policies", policies_json(evidence, run.variants)}};
}

}  // namespace plumbline::study
