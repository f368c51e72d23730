#include "plumbline/audit/audit.h"

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/eval/interval_json.h"

namespace plumbline::audit {
namespace {

using nlohmann::json;

json groups_to_json(const std::vector<GroupAccuracy>& groups) {
  json result = json::array();
  for (const auto& g : groups) {
    result.push_back(
        {{"group", g.group}, {"pairs", g.pairs}, {"accuracy", eval::interval_to_json(g.accuracy)}});
  }
  return result;
}

std::vector<GroupAccuracy> groups_from_json(const json& value) {
  std::vector<GroupAccuracy> result;
  for (const auto& g : value) {
    result.push_back({g.at("group"), g.at("pairs"), eval::interval_from_json(g.at("accuracy"))});
  }
  return result;
}

json calibration_to_json(const Calibration& calibration) {
  json bins = json::array();
  for (const auto& b : calibration.bins) {
    bins.push_back({{"low", b.low},
                    {"high", b.high},
                    {"pairs", b.pairs},
                    {"confidence", b.confidence},
                    {"accuracy", b.accuracy}});
  }
  return {{"ece", eval::interval_to_json(calibration.ece)}, {"bins", bins}};
}

Calibration calibration_from_json(const json& value) {
  Calibration result;
  result.ece = eval::interval_from_json(value.at("ece"));
  for (const auto& b : value.at("bins")) {
    result.bins.push_back({b.at("low"), b.at("high"), b.at("pairs"),
                           eval::number_or_nan(b.at("confidence")),
                           eval::number_or_nan(b.at("accuracy"))});
  }
  return result;
}

json probes_to_json(const std::vector<ProbeFigures>& probes) {
  json result = json::array();
  for (const auto& p : probes) {
    result.push_back({{"probe", world::info(p.kind).name},
                      {"edits", p.edits},
                      {"right", eval::interval_to_json(p.right)},
                      {"change", eval::interval_to_json(p.change)},
                      {"absolute_change", eval::interval_to_json(p.absolute_change)}});
  }
  return result;
}

std::vector<ProbeFigures> probes_from_json(const json& value, const std::string& where) {
  std::vector<ProbeFigures> result;
  for (const auto& p : value) {
    const std::string name = p.at("probe");
    const auto kind = world::probe_kind(name);
    if (!kind) {
      throw DataError(Complaint{.component = "audit",
                                .doing = "reading an audit",
                                .expected = "a probe's name such as 'append_true'",
                                .got = "'" + name + "'",
                                .where = where});
    }
    result.push_back({*kind, p.at("edits"), eval::interval_from_json(p.at("right")),
                      eval::interval_from_json(p.at("change")),
                      eval::interval_from_json(p.at("absolute_change"))});
  }
  return result;
}

json model_to_json(const AuditedModel& model) {
  const RewardMeasures& m = model.measures;
  return {{"name", model.name},
          {"pairs", m.num_pairs},
          {"ties", m.num_ties},
          {"images", m.num_images},
          {"accuracy", eval::interval_to_json(m.accuracy)},
          {"log_loss", eval::interval_to_json(m.log_loss)},
          {"types", groups_to_json(m.types)},
          {"lengths", groups_to_json(m.lengths)},
          {"hallucinations", groups_to_json(m.hallucinations)},
          {"baselines", groups_to_json(m.baselines)},
          {"calibration", calibration_to_json(m.calibration)},
          {"scores",
           {{"low", m.scores.low},
            {"high", m.scores.high},
            {"better", m.scores.better},
            {"worse", m.scores.worse}}},
          {"length",
           {{"pearson", eval::interval_to_json(m.length.pearson)},
            {"spearman", eval::interval_to_json(m.length.spearman)}}},
          {"probes", probes_to_json(model.probes)}};
}

AuditedModel model_from_json(const json& value, const std::string& where) {
  AuditedModel model{.name = value.at("name"), .measures = {}};
  RewardMeasures& m = model.measures;
  m.num_pairs = value.at("pairs");
  m.num_ties = value.at("ties");
  m.num_images = value.at("images");
  m.accuracy = eval::interval_from_json(value.at("accuracy"));
  m.log_loss = eval::interval_from_json(value.at("log_loss"));
  m.types = groups_from_json(value.at("types"));
  m.lengths = groups_from_json(value.at("lengths"));
  m.hallucinations = groups_from_json(value.at("hallucinations"));
  m.baselines = groups_from_json(value.at("baselines"));
  m.calibration = calibration_from_json(value.at("calibration"));
  const json& scores = value.at("scores");
  m.scores = {scores.at("low"), scores.at("high"), scores.at("better"), scores.at("worse")};
  m.length = {eval::interval_from_json(value.at("length").at("pearson")),
              eval::interval_from_json(value.at("length").at("spearman"))};
  model.probes = probes_from_json(value.at("probes"), where);
  return model;
}

json comparison_to_json(const ModelComparison& comparison) {
  const PairedComparison& f = comparison.figures;
  return {{"a", comparison.a},
          {"b", comparison.b},
          {"pairs", f.pairs},
          {"accuracy_a", eval::interval_to_json(f.accuracy_a)},
          {"accuracy_b", eval::interval_to_json(f.accuracy_b)},
          {"difference", eval::interval_to_json(f.difference)},
          {"only_a_right", f.only_a_right},
          {"only_b_right", f.only_b_right}};
}

ModelComparison comparison_from_json(const json& value) {
  return {value.at("a"),
          value.at("b"),
          {value.at("pairs"), eval::interval_from_json(value.at("accuracy_a")),
           eval::interval_from_json(value.at("accuracy_b")),
           eval::interval_from_json(value.at("difference")), value.at("only_a_right"),
           value.at("only_b_right")}};
}

}  // namespace

json to_json(const Audit& audit) {
  json models = json::array(), comparisons = json::array();
  for (const auto& model : audit.models) models.push_back(model_to_json(model));
  for (const auto& c : audit.comparisons) comparisons.push_back(comparison_to_json(c));
  return {{"models", models}, {"comparisons", comparisons}};
}

Audit audit_from_json(const json& value, const std::string& where) {
  Audit audit;
  try {
    for (const auto& m : value.at("models")) audit.models.push_back(model_from_json(m, where));
    for (const auto& c : value.at("comparisons")) {
      audit.comparisons.push_back(comparison_from_json(c));
    }
  } catch (const json::exception& e) {
    throw DataError(Complaint{.component = "audit",
                              .doing = "reading an audit",
                              .expected = "audit.json as the audit writes it",
                              .got = untagged(e),
                              .where = where});
  }
  return audit;
}

}  // namespace plumbline::audit
