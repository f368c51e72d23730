// Systems trained with several seeds, answering the same questions: means, and differences with
// intervals over seeds and images at once.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/eval/scoring.h"

namespace plumbline::study {

struct SeedMean {
  eval::Interval interval = {};      // of the mean over seeds
  std::vector<double> by_seed = {};  // the figure of each
};

// {"value", "low", "high", "seeds": [...]}
nlohmann::json to_json(const SeedMean& mean);

// Intervals of a mean over seeds know of two kinds of chance. Images are drawn anew in every sample
// of a bootstrap, the same for all systems: what is hard about an image cancels in differences. To
// each sample's mean over seeds comes an error of the seeds: the square root of (their variance,
// less what of it drawing images explains) / n, times a draw of Student's t with n - 1 degrees of
// freedom. Systems of one seed only stand for all seeds (a baseline that all start from); where
// neither side has several, the interval is of images alone. docs/adr/0014 tells why so. Sources:
// Efron and Tibshirani 1993, chapter 13; Student 1908; components of variance by moments: Searle,
// Casella and McCulloch 1992, chapter 4.
class SeedStudy {
 public:
  explicit SeedStudy(const eval::BootstrapOptions& options) : options_(options) {}

  // Scorings of one benchmark, one per seed. Throws DataError naming `name` for other units or
  // figures than the systems before, or another number of seeds (other than 1).
  void add(const std::string& name, const std::vector<eval::Scoring>& seeds);

  bool contains(const std::string& name) const { return systems_.contains(name); }
  std::vector<std::string> figures() const;
  size_t num_units() const { return units_.size(); }

  // InternalError for an unknown name. Ends are NaN where a sample's figure is (0/0), or without
  // samples.
  SeedMean mean(const std::string& name, const std::string& figure) const;
  // Of a - b, seed by seed.
  SeedMean difference(const std::string& a, const std::string& b, const std::string& figure) const;

 private:
  using Figures = std::vector<double>;
  struct System {
    std::vector<Figures> values;                // [seed]
    std::vector<std::vector<Figures>> samples;  // [seed][bootstrap sample]
  };

  void check(const std::string& name, const std::vector<eval::Scoring>& seeds) const;
  size_t place_of(const std::string& figure) const;
  const System& at(const std::string& name) const;
  template <class Value>
  SeedMean mean_of(size_t num_seeds, const Value& value) const;

  eval::BootstrapOptions options_;
  std::map<std::string, System> systems_;
  std::vector<std::string> units_;
  std::vector<std::string> figures_;
  size_t num_seeds_ = 1;
};

}  // namespace plumbline::study
