#include "plumbline/study/seed_study.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "plumbline/eval/interval_json.h"
#include "plumbline/study/moments.h"

namespace plumbline::study {
namespace {

// How often a sample draws each unit.
std::vector<double> draw_units(size_t count, RandomKey key) {
  Random random(key);
  std::vector<double> times(count);
  for (size_t i = 0; i < count; ++i) {
    ++times[static_cast<size_t>(random.below(static_cast<int64_t>(count)))];
  }
  return times;
}

eval::Sums weighted(const eval::Scoring& scoring, const std::vector<double>& times) {
  eval::Sums sums(scoring.num_sums);
  for (size_t u = 0; u < times.size(); ++u) {
    if (times[u] == 0) continue;
    for (const auto& [column, value] : scoring.units[u].parts) sums[column] += times[u] * value;
  }
  return sums;
}

double variance(const std::vector<double>& values) {
  return squared_deviations(values) / (static_cast<double>(values.size()) - 1);
}

// The standard error that seeds bring to their mean. Figures of seeds differ by the seeds and by
// how each fares on these units; of the latter, which drawing units shows, the bootstrap knows.
double error_of_seeds(const std::vector<double>& by_seed,
                      const std::vector<std::vector<double>>& own) {
  const auto count = static_cast<double>(by_seed.size());
  double of_units = 0;
  for (const auto& samples : own) of_units += variance(samples) / (count - 1);
  return std::sqrt(std::max(0.0, variance(by_seed) - of_units) / count);
}

double draw_t(size_t degrees_of_freedom, RandomKey key) {
  Random random(key);
  const double numerator = random.normal();
  double squares = 0;
  for (size_t i = 0; i < degrees_of_freedom; ++i) {
    const double one = random.normal();
    squares += one * one;
  }
  return numerator / std::sqrt(squares / static_cast<double>(degrees_of_freedom));
}

std::vector<std::string> unit_names(const eval::Scoring& scoring) {
  std::vector<std::string> names;
  for (const auto& unit : scoring.units) names.push_back(unit.name);
  return names;
}

std::vector<std::string> figure_names(const eval::Scoring& scoring) {
  std::vector<std::string> names;
  for (const auto& figure : scoring.figures) names.push_back(figure.name);
  return names;
}

}  // namespace

nlohmann::json to_json(const SeedMean& mean) {
  auto json = eval::interval_to_json(mean.interval);
  json["seeds"] = mean.by_seed;
  return json;
}

void SeedStudy::check(const std::string& name, const std::vector<eval::Scoring>& seeds) const {
  const auto refuse = [&](const std::string& expected, const std::string& got) {
    throw DataError(Complaint{.component = "study",
                              .doing = "comparing seeds of " + name,
                              .expected = expected,
                              .got = got});
  };
  if (seeds.empty()) refuse("at least one seed", "none");
  if (num_seeds_ > 1 && seeds.size() > 1 && seeds.size() != num_seeds_) {
    refuse(fmt::format("{} seeds, or one for all", num_seeds_), fmt::format("{}", seeds.size()));
  }
  const auto units = units_.empty() ? unit_names(seeds.front()) : units_;
  const auto figures = figures_.empty() ? figure_names(seeds.front()) : figures_;
  for (const auto& seed : seeds) {
    if (const auto own = unit_names(seed); own != units) {
      refuse(fmt::format("answers about the same {} images", units.size()),
             fmt::format("{} images, or others", own.size()));
    }
    if (const auto own = figure_names(seed); own != figures) {
      refuse(fmt::format("the figures {}", fmt::join(figures, ", ")),
             fmt::format("{}", fmt::join(own, ", ")));
    }
  }
}

void SeedStudy::add(const std::string& name, const std::vector<eval::Scoring>& seeds) {
  check(name, seeds);
  if (units_.empty()) units_ = unit_names(seeds.front());
  if (figures_.empty()) figures_ = figure_names(seeds.front());
  num_seeds_ = std::max(num_seeds_, seeds.size());
  System system;
  for (const auto& seed : seeds) system.values.push_back(seed.values(eval::total(seed)));
  system.samples.resize(seeds.size());
  const RandomKey key = options_.key.at("units");
  for (int64_t b = 0; b < options_.samples; ++b) {
    const auto times = draw_units(units_.size(), key.at(static_cast<uint64_t>(b)));
    for (size_t s = 0; s < seeds.size(); ++s) {
      system.samples[s].push_back(seeds[s].values(weighted(seeds[s], times)));
    }
  }
  systems_[name] = std::move(system);
}

std::vector<std::string> SeedStudy::figures() const { return figures_; }

size_t SeedStudy::place_of(const std::string& figure) const {
  const auto place = std::find(figures_.begin(), figures_.end(), figure);
  PLUMBLINE_CHECK(place != figures_.end(), figure);
  return static_cast<size_t>(place - figures_.begin());
}

const SeedStudy::System& SeedStudy::at(const std::string& name) const {
  const auto found = systems_.find(name);
  PLUMBLINE_CHECK(found != systems_.end(), name);
  return found->second;
}

// `value(seed, sample)`: of a seed in a bootstrap sample; sample -1: of all units as they are.
template <class Value>
SeedMean SeedStudy::mean_of(size_t num_seeds, const Value& value) const {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const auto of_sample = [&](int64_t sample) {
    std::vector<double> values;
    for (size_t s = 0; s < num_seeds; ++s) values.push_back(value(s, sample));
    return values;
  };
  SeedMean result{.by_seed = of_sample(-1)};
  result.interval = {study::mean(result.by_seed), kNone, kNone};
  std::vector<double> drawn;
  std::vector<std::vector<double>> own(num_seeds);  // [seed][sample], less the sample's mean
  for (int64_t b = 0; b < options_.samples; ++b) {
    const auto values = of_sample(b);
    drawn.push_back(study::mean(values));
    if (std::isnan(drawn.back())) return result;
    for (size_t s = 0; s < num_seeds; ++s) own[s].push_back(values[s] - drawn.back());
  }
  if (drawn.empty()) return result;
  if (num_seeds > 1 && drawn.size() > 1) {
    const double error = error_of_seeds(result.by_seed, own);
    const RandomKey key = options_.key.at("seeds");
    for (size_t b = 0; b < drawn.size(); ++b) drawn[b] += error * draw_t(num_seeds - 1, key.at(b));
  }
  result.interval = eval::percentile_interval(result.interval.value, drawn, options_.confidence);
  return result;
}

SeedMean SeedStudy::mean(const std::string& name, const std::string& figure) const {
  const System& system = at(name);
  const size_t place = place_of(figure);
  return mean_of(system.values.size(), [&](size_t seed, int64_t sample) {
    return sample < 0 ? system.values[seed][place]
                      : system.samples[seed][static_cast<size_t>(sample)][place];
  });
}

SeedMean SeedStudy::difference(const std::string& name_a, const std::string& name_b,
                               const std::string& figure) const {
  const System &a = at(name_a), &b = at(name_b);
  const size_t place = place_of(figure);
  const auto of = [&](const System& system, size_t seed, int64_t sample) {
    const size_t own = system.values.size() == 1 ? 0 : seed;
    return sample < 0 ? system.values[own][place]
                      : system.samples[own][static_cast<size_t>(sample)][place];
  };
  return mean_of(std::max(a.values.size(), b.values.size()), [&](size_t seed, int64_t sample) {
    return of(a, seed, sample) - of(b, seed, sample);
  });
}

}  // namespace plumbline::study
