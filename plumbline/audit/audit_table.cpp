#include "plumbline/audit/audit_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace plumbline::audit {
namespace {

using Groups = std::vector<GroupAccuracy>;

// One model's figures of a section, in order.
using Column = std::vector<std::pair<std::string, AuditCell>>;

// Rows of all names, in the order in which the models have them.
AuditSection section(const Audit& audit, const std::string& title,
                     const std::function<Column(const AuditedModel&)>& column_of) {
  AuditSection result{.title = title, .rows = {}};
  const size_t num_models = audit.models.size();
  for (size_t m = 0; m < num_models; ++m) {
    for (const auto& [name, cell] : column_of(audit.models[m])) {
      if (std::isnan(cell.figure.value)) continue;
      const auto same = [&, &name = name](const AuditRow& row) { return row.name == name; };
      auto row = std::find_if(result.rows.begin(), result.rows.end(), same);
      if (row == result.rows.end()) {
        result.rows.push_back({name, std::vector<std::optional<AuditCell>>(num_models)});
        row = result.rows.end() - 1;
      }
      row->cells[m] = cell;
    }
  }
  return result;
}

Column overall(const AuditedModel& model) {
  const RewardMeasures& m = model.measures;
  const int64_t decided = m.num_pairs - m.num_ties;
  return {{"accuracy", {m.accuracy, decided}},
          {"log loss, nats", {m.log_loss, m.num_pairs}},
          {"calibration error (ECE)", {m.calibration.ece, decided}},
          {"score with length, Pearson", {m.length.pearson, 2 * m.num_pairs}},
          {"score with length, Spearman", {m.length.spearman, 2 * m.num_pairs}}};
}

std::function<Column(const AuditedModel&)> groups(Groups RewardMeasures::*member) {
  return [member](const AuditedModel& model) {
    Column column;
    for (const auto& g : model.measures.*member) column.push_back({g.group, {g.accuracy, g.pairs}});
    return column;
  };
}

Column directed_probes(const AuditedModel& model) {
  Column column;
  for (const auto& p : model.probes) {
    const bool is_up = world::info(p.kind).direction > 0;
    column.push_back(
        {fmt::format("{} ({})", world::info(p.kind).description, is_up ? "up" : "down"),
         {p.right, p.edits}});
  }
  return column;
}

Column changes(const AuditedModel& model) {
  Column column;
  for (const auto& p : model.probes) {
    const bool has_direction = world::info(p.kind).direction != 0;
    column.push_back(
        {std::string(world::info(p.kind).description) + (has_direction ? "" : ", without sign"),
         {has_direction ? p.change : p.absolute_change, p.edits}});
  }
  return column;
}

std::string cell_text(const std::optional<AuditCell>& cell) {
  if (!cell) return "n/a";
  const eval::Interval& i = cell->figure;
  return fmt::format("{:.3f} [{:.3f}, {:.3f}] {:>6}", i.value, i.low, i.high, cell->count);
}

constexpr size_t kNameWidth = 44, kCellWidth = 32;

}  // namespace

std::vector<AuditSection> audit_sections(const Audit& audit) {
  std::vector<AuditSection> all = {
      section(audit, "All pairs", overall),
      section(audit, "Without a model: accuracy of", groups(&RewardMeasures::baselines)),
      section(audit, "Accuracy by question type", groups(&RewardMeasures::types)),
      section(audit, "Accuracy by length of the better answer", groups(&RewardMeasures::lengths)),
      section(audit, "Accuracy by false claims of the worse answer against the better one's",
              groups(&RewardMeasures::hallucinations)),
      section(audit, "Probes: share of scores that move the right way", directed_probes),
      section(audit, "Probes: mean change of the score, in standard deviations", changes)};
  std::erase_if(all, [](const AuditSection& s) { return s.rows.empty(); });
  return all;
}

std::string comparison_lines(const Audit& audit) {
  std::string out;
  for (const auto& c : audit.comparisons) {
    const PairedComparison& f = c.figures;
    out += fmt::format(
        "{} right in {:.3f}, {} in {:.3f}: difference {:.3f} [{:.3f}, {:.3f}] over {} pairs; {} "
        "right by the first alone, {} by the second alone\n",
        c.a, f.accuracy_a.value, c.b, f.accuracy_b.value, f.difference.value, f.difference.low,
        f.difference.high, f.pairs, f.only_a_right, f.only_b_right);
  }
  return out;
}

std::string audit_table(const Audit& audit) {
  std::string out(kNameWidth, ' ');
  for (const auto& model : audit.models) out += fmt::format("{:>{}}", model.name, kCellWidth);
  out += "\n";
  for (const auto& part : audit_sections(audit)) {
    out += part.title + "\n";
    for (const auto& row : part.rows) {
      out += fmt::format("  {:<{}}", row.name, kNameWidth - 2);
      for (const auto& cell : row.cells) out += fmt::format("{:>{}}", cell_text(cell), kCellWidth);
      out += "\n";
    }
  }
  return out + comparison_lines(audit);
}

}  // namespace plumbline::audit
