// Systems trained with several seeds, answering the same questions: means, and differences with
// intervals over seeds and images at once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plumbline/eval/scoring.h"

namespace plumbline::study {

struct SeedMean {
  eval::Interval interval;      // of the mean over seeds
  std::vector<double> by_seed;  // the figure of each
};

// Every sample of the bootstrap draws seeds and, independently, images, with replacement, and is
// the same for all systems: what is hard about an image cancels in differences, and so does what is
// shared by systems of one seed. Systems of one seed only stand for all seeds (a baseline that all
// start from). With n seeds the part of the interval that comes from seeds is about
// sqrt((n - 1) / n) as wide as it should be.
// Source: the crossed bootstrap ("pigeonhole"), Owen 2007 (arXiv 0708.3290).
class SeedStudy {
 public:
  explicit SeedStudy(const eval::BootstrapOptions& options) : options_(options) {}

  // Scorings of one benchmark, one per seed. Throws DataError naming `name` for other units or
  // figures than the systems before, or another number of seeds (other than 1).
  void add(const std::string& name, const std::vector<eval::Scoring>& seeds);

  bool contains(const std::string& name) const { return systems_.contains(name); }
  std::vector<std::string> figures() const;
  size_t num_units() const { return units_.size(); }

  // InternalError for an unknown name.
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
