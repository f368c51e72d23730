#include "plumbline/audit/probe_figures.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>

#include "plumbline/base/error.h"

namespace plumbline::audit {
namespace {

// Sums over the edits of one kind.
enum Sum : size_t { kEdits, kRight, kChange, kAbsoluteChange, kNumSums };

void check_scores(const std::vector<ProbeScores>& scores) {
  for (const auto& s : scores) {
    if (std::isfinite(s.before) && std::isfinite(s.after)) continue;
    throw NumericError(Complaint{.component = "audit",
                                 .doing = "probing a reward model",
                                 .expected = "finite scores",
                                 .got = fmt::format("{} and {}", s.before, s.after),
                                 .where = s.image});
  }
}

// Of the scores before; NaN where there is none to divide by.
double spread(const std::vector<ProbeScores>& scores) {
  const auto n = static_cast<double>(scores.size());
  double mean = 0, square = 0;
  for (const auto& s : scores) mean += s.before / n;
  for (const auto& s : scores) square += (s.before - mean) * (s.before - mean) / n;
  return square > 0 ? std::sqrt(square) : std::numeric_limits<double>::quiet_NaN();
}

void add(double* sums, const ProbeScores& s, double unit) {
  const double change = s.after - s.before, towards = change * world::info(s.kind).direction;
  sums[kEdits] += 1;
  sums[kRight] += towards > 0 ? 1 : towards < 0 ? 0 : 0.5;
  sums[kChange] += change / unit;
  sums[kAbsoluteChange] += std::abs(change) / unit;
}

size_t place_of(world::ProbeKind kind) {
  size_t place = 0;
  while (world::probes()[place].kind != kind) ++place;
  return place;
}

// Three for each kind of probe.
std::vector<double> figures_of(const std::vector<double>& sums) {
  const auto& probes = world::probes();
  if (sums.empty()) return figures_of(std::vector<double>(probes.size() * kNumSums));
  std::vector<double> result;
  for (size_t k = 0; k < probes.size(); ++k) {
    const double* const s = &sums[k * kNumSums];
    const double edits = s[kEdits];
    result.push_back(probes[k].direction == 0 ? std::numeric_limits<double>::quiet_NaN()
                                              : eval::ratio(s[kRight], edits));
    result.push_back(eval::ratio(s[kChange], edits));
    result.push_back(eval::ratio(s[kAbsoluteChange], edits));
  }
  return result;
}

}  // namespace

std::vector<ProbeFigures> probe_figures(const std::vector<ProbeScores>& scores,
                                        const eval::BootstrapOptions& options) {
  check_scores(scores);
  const auto& probes = world::probes();
  const double unit = spread(scores);
  std::vector<int64_t> edits(probes.size());
  std::map<std::string, std::vector<double>> by_image;
  for (const auto& s : scores) {
    auto& sums = by_image.try_emplace(s.image, probes.size() * kNumSums, 0.0).first->second;
    const size_t k = place_of(s.kind);
    add(&sums[k * kNumSums], s, unit);
    ++edits[k];
  }
  std::vector<std::vector<double>> units;
  for (auto& [image, sums] : by_image) units.push_back(std::move(sums));
  const auto figures = eval::bootstrap(units, figures_of, options);
  std::vector<ProbeFigures> result;
  for (size_t k = 0; k < probes.size(); ++k) {
    result.push_back(
        {probes[k].kind, edits[k], figures[3 * k], figures[3 * k + 1], figures[3 * k + 2]});
  }
  return result;
}

}  // namespace plumbline::audit
