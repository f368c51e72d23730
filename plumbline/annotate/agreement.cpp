#include "plumbline/annotate/agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "plumbline/base/error.h"

namespace plumbline::annotate {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
// Where the places of ratings in an item's sums begin; each figure is a function of these sums, so
// that one bootstrap serves all of them.
enum Place : size_t { Items, AgreeingShare, AgreeingPairs, Pairs, Tables };

using Row = std::vector<std::optional<int64_t>>;
using Sums = std::vector<double>;

// Three tables behind the scalars: ratings by category [K], coincidences [K, K] and, for two
// annotators, how often the first said one category and the second another [K, K].
struct Layout {
  size_t num_categories = 0;
  size_t size() const { return confusion(num_categories, 0); }
  size_t ratings(size_t k) const { return Tables + k; }
  size_t coincidence(size_t a, size_t b) const {
    return Tables + num_categories + a * num_categories + b;
  }
  size_t confusion(size_t a, size_t b) const {
    return Tables + num_categories + num_categories * num_categories + a * num_categories + b;
  }
};

int64_t num_rated(const Row& row) {
  return std::count_if(row.begin(), row.end(), [](const auto& r) { return r.has_value(); });
}

void check(const Ratings& ratings) {
  const auto num_categories = static_cast<int64_t>(ratings.categories.size());
  for (const Row& row : ratings.items) {
    PLUMBLINE_CHECK(
        row.size() == ratings.annotators.size(),
        fmt::format("{} ratings, {} annotators", row.size(), ratings.annotators.size()));
    for (const auto& rating : row) {
      PLUMBLINE_CHECK(!rating || (*rating >= 0 && *rating < num_categories),
                      fmt::format("category {} of {}", *rating, num_categories));
    }
  }
}

std::vector<Row> comparable(const Ratings& ratings) {
  std::vector<Row> rows;
  std::copy_if(ratings.items.begin(), ratings.items.end(), std::back_inserter(rows),
               [](const Row& row) { return num_rated(row) >= 2; });
  return rows;
}

// The annotators, by index, who rated any of these items.
std::vector<size_t> present(const std::vector<Row>& rows, size_t num_annotators) {
  std::vector<size_t> result;
  for (size_t a = 0; a < num_annotators; ++a) {
    if (std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row[a].has_value(); }))
      result.push_back(a);
  }
  return result;
}

Sums counts_of(const Row& row, const Layout& layout) {
  Sums counts(layout.num_categories);
  for (const auto& rating : row) {
    if (rating) ++counts[static_cast<size_t>(*rating)];
  }
  return counts;
}

Sums item_sums(const Row& row, const Layout& layout, const std::vector<size_t>& annotators) {
  Sums sums(layout.size());
  const Sums counts = counts_of(row, layout);
  const auto n = static_cast<double>(num_rated(row));
  for (size_t a = 0; a < counts.size(); ++a) {
    sums[layout.ratings(a)] = counts[a];
    sums[AgreeingPairs] += counts[a] * (counts[a] - 1) / 2;
    for (size_t b = 0; b < counts.size(); ++b) {
      const double ordered_pairs = counts[a] * (counts[b] - (a == b ? 1 : 0));
      sums[layout.coincidence(a, b)] = ordered_pairs / (n - 1);
    }
  }
  sums[Items] = 1;
  sums[Pairs] = n * (n - 1) / 2;
  sums[AgreeingShare] = sums[AgreeingPairs] / sums[Pairs];
  if (annotators.size() == 2) {
    const auto first = static_cast<size_t>(*row[annotators[0]]);
    const auto second = static_cast<size_t>(*row[annotators[1]]);
    ++sums[layout.confusion(first, second)];
  }
  return sums;
}

double beyond_chance(double observed, double by_chance) {
  // When chance alone agrees always, rounding must not make a number of 0/0.
  if (!(1 - by_chance > 1e-12)) return kUndefined;
  return (observed - by_chance) / (1 - by_chance);
}

double cohen(const Sums& sums, const Layout& layout) {
  const double n = sums[Items];
  double observed = 0, by_chance = 0;
  for (size_t a = 0; a < layout.num_categories; ++a) {
    double of_first = 0, of_second = 0;
    for (size_t b = 0; b < layout.num_categories; ++b) {
      of_first += sums[layout.confusion(a, b)];
      of_second += sums[layout.confusion(b, a)];
    }
    observed += sums[layout.confusion(a, a)] / n;
    by_chance += of_first / n * (of_second / n);
  }
  return beyond_chance(observed, by_chance);
}

double fleiss(const Sums& sums, const Layout& layout) {
  double num_ratings = 0, by_chance = 0;
  for (size_t k = 0; k < layout.num_categories; ++k) num_ratings += sums[layout.ratings(k)];
  for (size_t k = 0; k < layout.num_categories; ++k) {
    const double share = sums[layout.ratings(k)] / num_ratings;
    by_chance += share * share;
  }
  return beyond_chance(sums[AgreeingShare] / sums[Items], by_chance);
}

// The ordinal distance of two categories: the ratings from one to the other, half of those at the
// two ends, squared.
double ordinal_distance(const Sums& sums, const Layout& layout, size_t a, size_t b) {
  double between = -(sums[layout.ratings(a)] + sums[layout.ratings(b)]) / 2;
  for (size_t k = std::min(a, b); k <= std::max(a, b); ++k) between += sums[layout.ratings(k)];
  return between * between;
}

double alpha(const Sums& sums, const Layout& layout, bool is_ordinal) {
  double n = 0, observed = 0, by_chance = 0;
  for (size_t k = 0; k < layout.num_categories; ++k) n += sums[layout.ratings(k)];
  for (size_t a = 0; a < layout.num_categories; ++a) {
    for (size_t b = 0; b < layout.num_categories; ++b) {
      if (a == b) continue;
      const double distance = is_ordinal ? ordinal_distance(sums, layout, a, b) : 1;
      observed += sums[layout.coincidence(a, b)] * distance;
      by_chance += sums[layout.ratings(a)] * sums[layout.ratings(b)] * distance;
    }
  }
  if (by_chance == 0) return kUndefined;  // one category only
  return 1 - (n - 1) * observed / by_chance;
}

bool is_balanced(const std::vector<Row>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [&](const Row& row) { return num_rated(row) == num_rated(rows.front()); });
}

AgreementFigure figure(const eval::Interval& interval, const std::string& condition = {}) {
  if (!condition.empty()) return {{kUndefined, kUndefined, kUndefined}, condition};
  if (!std::isnan(interval.value)) return {interval};
  return {{kUndefined, kUndefined, kUndefined},
          "all ratings are the same category, so that chance alone agrees always"};
}

Agreement nothing_to_compare() {
  const AgreementFigure none = figure({}, "no item has two ratings");
  return {0, 0, none, none, none, none, none};
}

}  // namespace

Agreement agreement(const Ratings& ratings, const eval::BootstrapOptions& options) {
  check(ratings);
  const std::vector<Row> rows = comparable(ratings);
  if (rows.empty()) return nothing_to_compare();
  const Layout layout{ratings.categories.size()};
  const std::vector<size_t> annotators = present(rows, ratings.annotators.size());
  std::vector<Sums> units;
  units.reserve(rows.size());
  for (const Row& row : rows) units.push_back(item_sums(row, layout, annotators));
  const auto figures = [&](const Sums& sums) {
    return Sums{sums[AgreeingPairs] / sums[Pairs], cohen(sums, layout), fleiss(sums, layout),
                alpha(sums, layout, false), alpha(sums, layout, true)};
  };
  const auto intervals = eval::bootstrap(units, figures, options);
  const std::string not_two =
      annotators.size() == 2 ? "" : fmt::format("{} annotators, not two", annotators.size());
  const std::string uneven =
      is_balanced(rows) ? "" : "items have different numbers of ratings; see Krippendorff's alpha";
  return {static_cast<int64_t>(rows.size()),
          static_cast<int64_t>(annotators.size()),
          figure(intervals[0]),
          figure(intervals[1], not_two),
          figure(intervals[2], uneven),
          figure(intervals[3]),
          figure(intervals[4])};
}

Ratings choice_ratings(const std::vector<std::vector<data::Vote>>& votes) {
  std::map<std::string, size_t> columns;
  for (const auto& item : votes) {
    for (const data::Vote& vote : item) columns[vote.annotator] = 0;
  }
  Ratings ratings{{"first", "tie", "second"}, {}, {}};
  for (auto& [name, column] : columns) {
    column = ratings.annotators.size();
    ratings.annotators.push_back(name);
  }
  for (const auto& item : votes) {
    Row& row = ratings.items.emplace_back(columns.size());
    for (const data::Vote& vote : item) {
      auto& rating = row[columns.at(vote.annotator)];
      if (rating) {
        throw DataError({.component = "annotate",
                         .doing = "comparing annotators",
                         .expected = "one vote of each annotator on an item",
                         .got = fmt::format("two of '{}'", vote.annotator),
                         .where = fmt::format("item {}", ratings.items.size())});
      }
      rating = vote.choice == data::Choice::First ? 0 : vote.choice == data::Choice::Tie ? 1 : 2;
    }
  }
  return ratings;
}

}  // namespace plumbline::annotate
