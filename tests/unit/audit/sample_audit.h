// An audit with all parts, for the tests of what shows it.
#pragma once

#include "plumbline/audit/audit.h"
#include "tests/unit/audit/scored_pairs.h"

namespace plumbline::audit {

// "with facts", probed, and "plain", not probed, on the same 200 pairs, with a comparison.
inline Audit sample_audit() {
  const eval::BootstrapOptions options{.samples = 20};
  const auto pairs = random_pairs(200, 12);
  auto worse = pairs;
  for (size_t i = 0; i < worse.size(); i += 4) worse[i].score_1 = -worse[i].score_1;
  std::vector<ProbeScores> probes;
  for (int i = 0; i < 60; ++i) {
    const auto kind = world::probes()[static_cast<size_t>(i) % world::probes().size()].kind;
    const double before = i % 11;
    probes.push_back({std::to_string(i), kind, before, before + (i % 5) - 1.5});
  }
  return {.models = {{.name = "with facts",
                      .measures = reward_measures(pairs, options),
                      .probes = probe_figures(probes, options)},
                     {.name = "plain", .measures = reward_measures(worse, options)}},
          .comparisons = {{"with facts", "plain", compare_scores(pairs, worse, options)}}};
}

}  // namespace plumbline::audit
