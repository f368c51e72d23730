// Everything an audit of reward models found, as it lies in audit.json.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/audit/paired_comparison.h"
#include "plumbline/audit/probe_figures.h"
#include "plumbline/audit/reward_measures.h"

namespace plumbline::audit {

struct AuditedModel {
  std::string name;
  RewardMeasures measures;
  std::vector<ProbeFigures> probes = {};  // empty: not probed
};

// `a` and `b` are names of audited models.
struct ModelComparison {
  std::string a, b;
  PairedComparison figures;
};

struct Audit {
  std::vector<AuditedModel> models;
  std::vector<ModelComparison> comparisons = {};
};

// {"models": [{"name", "pairs", "ties", "images", "accuracy", "log_loss", "types": [{"group",
// "pairs", "accuracy"}], "lengths", "hallucinations", "baselines", "calibration": {"ece", "bins"},
// "scores": {"low", "high", "better", "worse"}, "length": {"pearson", "spearman"}, "probes":
// [{"probe", "edits", "right", "change", "absolute_change"}]}], "comparisons": [{"a", "b", "pairs",
// "accuracy_a", "accuracy_b", "difference", "only_a_right", "only_b_right"}]}. Figures as in
// interval_json.h.
nlohmann::json to_json(const Audit& audit);

// What to_json made. Throws DataError naming `where` for anything else.
Audit audit_from_json(const nlohmann::json& value, const std::string& where);

}  // namespace plumbline::audit
