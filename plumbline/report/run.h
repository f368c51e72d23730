// Run folders as pages and tables show them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/eval/world_figures.h"

namespace plumbline::report {

using Points = std::vector<std::pair<double, double>>;  // (step, value), steps ascending

// What a page shows of one run folder, or of several of one method. Parts the run does not have are
// empty.
struct Run {
  std::string name;  // of the folder, or eval.model_name
  fs::path path;
  std::map<std::string, Points> curves = {};  // by metric
  std::optional<eval::WorldFigures> figures = {};
  std::vector<eval::AnswerLine> answers = {};
  fs::path images = {};                                        // folder of the answers' pictures
  std::map<std::string, std::vector<std::string>> facts = {};  // beside it, by picture
  std::string stage = {};                                      // that made it
  std::vector<std::string> command = {};                       // as it was run
  std::optional<double> seconds = {};  // from run.json when the run is complete
  std::optional<double> peak_memory_bytes = {};
  int num_runs = 1;

  // Without points when there are none.
  const Points& curve(const std::string& metric) const;
};

// Throws IoError or DataError for a folder that is not a run.
Run read_run(const fs::path& folder);

// "ppo-facts-seed2" is of "ppo-facts".
std::string without_seed(const std::string& name);

// Of the first seed of each method: what all seeds would show at length.
std::vector<const Run*> first_seeds(const std::vector<Run>& runs);

// The evaluated among the runs, those of one name (other seeds of one method) as one: figures are
// means, intervals the range over them, answers the first's. Throws DataError when runs of one name
// were evaluated on other question types.
std::vector<Run> by_method(const std::vector<Run>& runs);

// The name of a run, and of how many seeds it is.
std::string heading_of(const Run& run);

}  // namespace plumbline::report
