// How far annotators agree: shares, kappas and alphas with bootstrap intervals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/data/comparison.h"
#include "plumbline/eval/bootstrap.h"

namespace plumbline::annotate {

// What each annotator said of each item.
struct Ratings {
  std::vector<std::string>
      categories;  // for the ordinal alpha: from one end of the scale to the other
  std::vector<std::string> annotators;
  // [items][annotators] index into `categories`; nothing where the annotator did not rate the item.
  std::vector<std::vector<std::optional<int64_t>>> items;
};

// The choices of each item's votes, as a scale: the first answer, a tie, the second answer.
// Annotators come in the order of their names. Throws DataError when one votes twice on an item.
Ratings choice_ratings(const std::vector<std::vector<data::Vote>>& votes);

// A figure in [-1, 1], 1 for full agreement; NaN with the reason where it is not defined.
struct AgreementFigure {
  eval::Interval interval;
  std::string undefined = {};
};

struct Agreement {
  int64_t num_items = 0;  // items with two ratings or more; the others say nothing and are left out
  int64_t num_annotators = 0;  // with a rating of such an item
  // Of all pairs of ratings of the same item, the share in the same category. Not corrected for
  // chance.
  AgreementFigure percent;
  // For two annotators, by what each one's own shares of the categories make likely.
  // Source: Cohen 1960, "A coefficient of agreement for nominal scales".
  AgreementFigure cohen_kappa;
  // For as many ratings of every item, whoever gave them.
  // Source: Fleiss 1971, "Measuring nominal scale agreement among many raters".
  AgreementFigure fleiss_kappa;
  // For any number of ratings of each item. An item counts by its number of ratings. The ordinal
  // one weighs a disagreement by how many ratings lie between the two categories. Source:
  // Krippendorff 2011, "Computing Krippendorff's alpha-reliability".
  AgreementFigure alpha_nominal;
  AgreementFigure alpha_ordinal;
};

// Intervals are percentiles of resampled items. Throws InternalError for rows that are not as long
// as there are annotators, or a rating that is no category.
Agreement agreement(const Ratings& ratings, const eval::BootstrapOptions& options = {});

}  // namespace plumbline::annotate
