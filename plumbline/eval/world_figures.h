// What the world's benchmark says of a model, with intervals.
#pragma once

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

// As world_scoring.h says. A figure without any item of its kind, 0/0, is NaN: null in JSON,
// "n/a" in tables.
struct WorldFigures {
  Interval hallucination;      // questions whose answer holds a false claim or nothing readable
  Interval score;              // mean of 0-6 over questions
  Interval f1;                 // of "yes" on yes/no; an answer that says neither counts as "no"
  Interval yes_rate;           // share of "yes"
  Interval accuracy;           // of yes/no
  Interval chair_i;            // object mentions in descriptions that are not in the scene
  Interval chair_s;            // descriptions with at least one of them
  Interval false_description;  // descriptions with any false claim (attributes and counts too)
  Interval coverage;           // share of a scene's kinds that its description names
  Interval length;             // words of a description
  Interval repeats;            // claims said again, per description
  double unparsed = 0;         // sentences the judge could not read, per answer
  int64_t num_answers = 0;
  std::vector<TypeFigures> types;  // all types, yes_no included, in the benchmark's order
};

WorldFigures world_figures(const std::vector<RatedAnswer>& rated, const BootstrapOptions& options);

// Several runs of one method, such as other seeds: the means, and as intervals the range over the
// runs. Runs of one benchmark; InternalError for none.
WorldFigures over_runs(const std::vector<WorldFigures>& runs);

// The figures that have an interval, in the order of tables: name, heading, whether more is better.
struct FigureColumn {
  const char* name;
  const char* heading;
  int direction;  // 1 higher is better, -1 lower is better, 0 neither
  Interval WorldFigures::*value;
};
const std::vector<FigureColumn>& figure_columns();

nlohmann::json to_json(const WorldFigures& figures);
WorldFigures figures_from_json(const nlohmann::json& value);

}  // namespace plumbline::eval
