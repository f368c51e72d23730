// What the world's benchmark says of a model, with intervals.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/eval/bootstrap.h"
#include "plumbline/eval/rated_answers.h"

namespace plumbline::eval {

struct TypeFigures {
  std::string type;
  int64_t count = 0;
  double score = 0;          // mean, 0-6
  double hallucination = 0;  // share
};

struct WorldFigures {
  // Of world_figure_specs() by name, unparsed aside. A figure without any item of its kind, 0/0, is
  // NaN: null in JSON, "n/a" in tables.
  std::map<std::string, Interval> values = {};
  double unparsed = 0;  // sentences the judge could not read, per answer
  int64_t num_answers = 0;
  std::vector<TypeFigures> types = {};  // all types, yes_no included, in the benchmark's order

  // NaN for a figure that it does not have.
  Interval at(const std::string& name) const;
};

WorldFigures world_figures(const std::vector<RatedAnswer>& rated, const BootstrapOptions& options);

// Several runs of one method, such as other seeds: the means, and as intervals the range over the
// runs. Runs of one benchmark; InternalError for none.
WorldFigures over_runs(const std::vector<WorldFigures>& runs);

// The figures that have an interval, in the order of tables.
struct FigureColumn {
  std::string name, heading;
  int direction;  // 1 higher is better, -1 lower is better, 0 neither
};
const std::vector<FigureColumn>& figure_columns();

nlohmann::json to_json(const WorldFigures& figures);
// Files of earlier versions may lack some of the figures.
WorldFigures figures_from_json(const nlohmann::json& value);

}  // namespace plumbline::eval
