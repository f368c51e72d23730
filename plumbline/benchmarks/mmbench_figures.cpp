#include "plumbline/benchmarks/mmbench_figures.h"

#include <map>
#include <set>
#include <utility>

#include "plumbline/base/error.h"

namespace plumbline::benchmarks {

MmbenchFigures::MmbenchFigures(const std::vector<MmbenchRow>& rows, bool is_rotated,
                               const eval::Format& format)
    : is_rotated_(is_rotated), format_(format) {
  std::set<std::string> splits, prefixes, l2_categories, categories;
  for (const MmbenchRow& row : rows) splits.insert(row.split);
  has_splits_ = splits.size() > 1;
  for (const MmbenchRow& row : rows) {
    prefixes.insert(prefix(row));
    if (!row.l2_category.empty()) l2_categories.insert(prefix(row) + "l2/" + row.l2_category);
    if (!row.category.empty()) categories.insert(prefix(row) + "category/" + row.category);
  }
  for (const auto& name : prefixes) {
    if (is_rotated) declare(name + "circular_accuracy", true);
    declare(name + "vanilla_accuracy", !is_rotated);
    if (is_rotated) declare(name + "row_accuracy");
    declare(name + "row_accuracy_of_readable");
  }
  for (const auto& name : l2_categories) declare(name);
  for (const auto& name : categories) declare(name);
}

void MmbenchFigures::declare(const std::string& name, bool is_main) {
  numbers_[name] = shares_.declare(empty_, {.name = name, .format = format_, .is_main = is_main});
}

std::string MmbenchFigures::prefix(const MmbenchRow& row) const {
  if (!has_splits_) return "";
  return (row.split.empty() ? "no split" : row.split) + "/";
}

void MmbenchFigures::add(eval::Tally& tally, const std::string& unit, const std::string& name,
                         bool is_right) const {
  shares_.add(tally, unit, numbers_.at(name), is_right ? 1 : 0);
}

eval::Tally MmbenchFigures::count(const std::vector<MmbenchRow>& rows,
                                  const std::vector<MmbenchChoice>& choices) const {
  PLUMBLINE_CHECK(rows.size() == choices.size(), "a choice for each row");
  eval::Tally tally = empty_;
  std::map<int64_t, std::pair<const MmbenchRow*, bool>> groups;  // the first order, and all right
  for (size_t i = 0; i < rows.size(); ++i) {
    const MmbenchRow& row = rows[i];
    const bool is_right = choices[i].letter == row.answer;
    const std::string unit = std::to_string(row.base());
    if (is_rotated_) add(tally, unit, prefix(row) + "row_accuracy", is_right);
    if (!row.is_rotated()) add(tally, unit, prefix(row) + "vanilla_accuracy", is_right);
    if (!choices[i].is_malformed) {
      add(tally, unit, prefix(row) + "row_accuracy_of_readable", is_right);
    }
    auto& [first, is_all_right] = groups.emplace(row.base(), std::pair(&row, true)).first->second;
    if (!row.is_rotated()) first = &row;
    is_all_right = is_all_right && is_right;
  }
  for (const auto& [base, group] : groups) {
    const auto& [row, is_right] = group;
    const std::string unit = std::to_string(base);
    if (is_rotated_) add(tally, unit, prefix(*row) + "circular_accuracy", is_right);
    if (!row->l2_category.empty()) {
      add(tally, unit, prefix(*row) + "l2/" + row->l2_category, is_right);
    }
    if (!row->category.empty()) {
      add(tally, unit, prefix(*row) + "category/" + row->category, is_right);
    }
  }
  return tally;
}

}  // namespace plumbline::benchmarks
