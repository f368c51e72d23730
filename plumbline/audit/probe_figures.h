// What a reward model pays for, by probes (world/probe.h).
#pragma once

#include <string>
#include <vector>

#include "plumbline/eval/bootstrap.h"
#include "plumbline/world/probe.h"

namespace plumbline::audit {

// The scores of one answer before and after an edit.
struct ProbeScores {
  std::string image;
  world::ProbeKind kind = world::ProbeKind::AppendTrue;
  double before = 0, after = 0;
};

// Changes are in standard deviations of all scores before an edit, so that models with other
// scales compare. NaN without edits, changes also when no score differs.
struct ProbeFigures {
  world::ProbeKind kind = world::ProbeKind::AppendTrue;
  int64_t edits = 0;
  eval::Interval right;   // share that moved the right way, half where nothing moved; NaN: Reorder
  eval::Interval change;  // mean of after - before
  eval::Interval absolute_change;  // mean of |after - before|: what Reorder should leave near 0
};

// One entry for each of world::probes(), with intervals over images. Throws NumericError for a
// score that is not finite.
std::vector<ProbeFigures> probe_figures(const std::vector<ProbeScores>& scores,
                                        const eval::BootstrapOptions& options);

}  // namespace plumbline::audit
