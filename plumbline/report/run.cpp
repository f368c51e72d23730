#include "plumbline/report/run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/json.h"
#include "plumbline/data/facts.h"
#include "plumbline/formats/metrics_lines.h"

namespace plumbline::report {
namespace {

using nlohmann::json;

// Reads a JSON file and lets `take` pick from it; what it does not find is the file's fault.
template <class Take>
void with_json(const fs::path& path, Take take) {
  try {
    take(parse_json(read_file(path), path.string()));
  } catch (const json::exception& e) {
    throw DataError(Complaint{.component = "report",
                              .doing = "reading a run folder",
                              .expected = "a file as the stages write it",
                              .got = untagged(e),
                              .where = path.string()});
  }
}

void read_curves(Run& run) {
  for (const auto& [step, metrics] : formats::read_metrics(run.path / "metrics.jsonl")) {
    for (const auto& [name, value] : metrics) run.curves[name].emplace_back(step, value);
  }
}

}  // namespace

const Points& Run::curve(const std::string& metric) const {
  static const Points none;
  const auto found = curves.find(metric);
  return found == curves.end() ? none : found->second;
}

Run read_run(const fs::path& folder) {
  if (!fs::exists(folder / "run.json")) {
    throw IoError(Complaint{.component = "report",
                            .doing = "reading a run folder",
                            .expected = "run.json",
                            .got = "none",
                            .where = folder.string(),
                            .hint = "name the folders of stages, such as those in a demo's."});
  }
  Run run{.name = folder.filename().string(), .path = folder};
  if (run.name.empty()) run.name = folder.parent_path().filename().string();
  with_json(folder / "run.json", [&](const json& about) {
    run.stage = about.value("stage", "");
    run.command = about.value("command", std::vector<std::string>());
    if (!about.contains("finished")) return;
    if (about.contains("seconds")) run.seconds = about.at("seconds");
    if (about.contains("peak_memory_bytes")) run.peak_memory_bytes = about.at("peak_memory_bytes");
  });
  read_curves(run);
  if (fs::exists(folder / "figures.json")) {
    with_json(folder / "figures.json", [&](const json& figures) {
      run.figures = eval::figures_from_json(figures.at("figures"));
      run.name = figures.value("model", run.name);
      run.images = figures.value("images", "");
    });
    const fs::path facts = run.images.parent_path() / "facts.json";
    if (!run.images.empty() && fs::exists(facts)) run.facts = data::read_facts(facts.string());
  }
  if (fs::exists(folder / "answers.jsonl"))
    run.answers = eval::read_answers((folder / "answers.jsonl").string());
  return run;
}

std::string without_seed(const std::string& name) {
  const size_t at = name.rfind("-seed");
  const bool is_seed = at != std::string::npos && at + 5 < name.size() &&
                       name.find_first_not_of("0123456789", at + 5) == std::string::npos;
  return is_seed ? name.substr(0, at) : name;
}

std::vector<const Run*> first_seeds(const std::vector<Run>& runs) {
  std::vector<const Run*> first;
  std::set<std::string> seen;
  for (const Run& run : runs) {
    if (seen.insert(without_seed(run.name)).second) first.push_back(&run);
  }
  return first;
}

std::vector<Run> by_method(const std::vector<Run>& runs) {
  std::vector<Run> methods;
  std::map<std::string, std::vector<eval::WorldFigures>> figures;
  for (const auto& run : runs) {
    if (!run.figures) continue;
    if (!figures.contains(run.name)) methods.push_back(run);
    figures[run.name].push_back(*run.figures);
  }
  for (Run& method : methods) {
    const auto& all = figures[method.name];
    for (const auto& one : all) {
      if (one.types.size() == all.front().types.size()) continue;
      throw DataError(Complaint{.component = "report",
                                .doing = "comparing runs of '" + method.name + "'",
                                .expected = "one benchmark",
                                .got = "other question types",
                                .where = method.path.string(),
                                .hint = "give them other names with eval.model_name."});
    }
    method.num_runs = static_cast<int>(all.size());
    if (all.size() > 1) method.figures = eval::over_runs(all);
  }
  return methods;
}

std::string heading_of(const Run& run) {
  return run.num_runs == 1 ? run.name : fmt::format("{}, {} seeds", run.name, run.num_runs);
}

}  // namespace plumbline::report
