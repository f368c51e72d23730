// One page from several run folders, side by side.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/eval/world_figures.h"

namespace plumbline::report {

// What a page shows of one run folder, or of several of one method. Parts the run does not have are
// empty.
struct Run {
  std::string name;  // of the folder, or eval.model_name
  fs::path path;
  std::map<std::string, std::vector<std::pair<double, double>>> curves =
      {};  // metric -> (step, value)
  std::optional<eval::WorldFigures> figures = {};
  std::vector<eval::AnswerLine> answers = {};
  fs::path images = {};                                        // folder of the answers' pictures
  std::map<std::string, std::vector<std::string>> facts = {};  // beside it, by picture
  std::string stage = {};                                      // that made it
  std::vector<std::string> command = {};                       // as it was run
  std::optional<double> seconds = {};  // from run.json when the run is complete
  std::optional<double> peak_memory_bytes = {};
  int num_runs = 1;
};

// Throws IoError or DataError for a folder that is not a run.
Run read_run(const fs::path& folder);

// The evaluated among the runs, those of one name (other seeds of one method) as one: figures are
// means, intervals the range over them, answers the first's. Throws DataError when runs of one name
// were evaluated on other question types.
std::vector<Run> by_method(const std::vector<Run>& runs);

// The figures of evaluated runs, by method, as a plain text table for a terminal.
std::string figures_table(const std::vector<Run>& runs);

// Reward models' held-out accuracy as plain text lines; empty when no run has one.
std::string reward_table(const std::vector<Run>& runs);

// What a page shows of runs: figures, proxy reward against gold score, bars by type, training
// curves (of several seeds, "NAME-seed1", the mean and a band from the lowest to the highest;
// reward terms and changed answers of the first alone), examples with the answers of all evaluated
// runs side by side, false claims marked and the picture's facts beside them, and how long each run
// took and how to repeat it.
std::string runs_html(const std::vector<Run>& runs);

}  // namespace plumbline::report
