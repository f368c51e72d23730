#include "plumbline/eval/shares.h"

namespace plumbline::eval {

size_t Shares::declare(Tally& tally, const FigureSpec& spec) {
  specs_.push_back(spec);
  columns_.push_back({tally.column(spec.name + "/right"), tally.column(spec.name + "/count")});
  return specs_.size() - 1;
}

void Shares::add(Tally& tally, const std::string& unit, size_t share, double right,
                 double count) const {
  tally.add(unit, columns_[share].right, right);
  tally.add(unit, columns_[share].count, count);
}

std::vector<double> Shares::values(const Sums& sums) const {
  std::vector<double> values;
  for (const auto& [right, count] : columns_) values.push_back(sums[right] / sums[count]);
  return values;
}

}  // namespace plumbline::eval
