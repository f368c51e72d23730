#include "plumbline/annotate/agreement.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::annotate {
namespace {

using data::Choice;
using data::Vote;
using testing::HasSubstr;

constexpr double kPublished = 0.0005;  // papers give three digits
constexpr double kExact = 1e-12;

std::vector<std::string> names(size_t count) {
  std::vector<std::string> result;
  for (size_t i = 0; i < count; ++i) result.push_back(std::to_string(i));
  return result;
}

// Ratings by rows of annotators, 1 for the first category and 0 for none.
Ratings by_annotators(const std::vector<std::vector<int>>& rows, size_t num_categories) {
  Ratings ratings{names(num_categories), names(rows.size()), {}};
  for (size_t item = 0; item < rows.front().size(); ++item) {
    auto& row = ratings.items.emplace_back(rows.size());
    for (size_t a = 0; a < rows.size(); ++a) {
      if (rows[a][item] > 0) row[a] = rows[a][item] - 1;
    }
  }
  return ratings;
}

// Ratings by how many annotators chose each category; who they were does not matter.
Ratings by_counts(const std::vector<std::vector<int>>& counts, size_t num_annotators) {
  Ratings ratings{names(counts.front().size()), names(num_annotators), {}};
  for (const auto& item : counts) {
    auto& row = ratings.items.emplace_back();
    for (size_t k = 0; k < item.size(); ++k) row.insert(row.end(), static_cast<size_t>(item[k]), k);
    row.resize(num_annotators);
  }
  return ratings;
}

// Krippendorff 2011, "Computing Krippendorff's alpha-reliability", part C: four observers, twelve
// units, with gaps.
Ratings krippendorff_2011() {
  return by_annotators({{1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
                        {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
                        {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
                        {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0}},
                       5);
}

// Wikipedia, "Fleiss' kappa", worked example: fourteen raters, ten subjects.
Ratings fleiss_example() {
  return by_counts({{0, 0, 0, 0, 14},
                    {0, 2, 6, 4, 2},
                    {0, 0, 3, 5, 6},
                    {0, 3, 9, 2, 0},
                    {2, 2, 8, 1, 1},
                    {7, 7, 0, 0, 0},
                    {3, 2, 6, 3, 0},
                    {2, 5, 3, 2, 2},
                    {6, 5, 2, 1, 0},
                    {0, 2, 2, 3, 7}},
                   14);
}

// Wikipedia, "Cohen's kappa", simple example: both yes 20, only A 5, only B 10, both no 15.
Ratings cohen_example() {
  Ratings ratings{{"yes", "no"}, {"A", "B"}, {}};
  const auto add = [&](int count, int64_t a, int64_t b) {
    for (int i = 0; i < count; ++i) ratings.items.push_back({a, b});
  };
  add(20, 0, 0);
  add(5, 0, 1);
  add(10, 1, 0);
  add(15, 1, 1);
  return ratings;
}

void expect_same(const AgreementFigure& a, const AgreementFigure& b) {
  EXPECT_EQ(a.undefined, b.undefined);
  if (a.undefined.empty()) {
    EXPECT_NEAR(a.interval.value, b.interval.value, kExact);
  }
}

void expect_same(const Agreement& a, const Agreement& b) {
  EXPECT_EQ(a.num_items, b.num_items);
  EXPECT_EQ(a.num_annotators, b.num_annotators);
  expect_same(a.percent, b.percent);
  expect_same(a.cohen_kappa, b.cohen_kappa);
  expect_same(a.fleiss_kappa, b.fleiss_kappa);
  expect_same(a.alpha_nominal, b.alpha_nominal);
}

TEST(Agreement, FleissKappaOfThePublishedTable) {
  const Agreement a = agreement(fleiss_example());
  EXPECT_NEAR(a.fleiss_kappa.interval.value, 0.210, kPublished);
  EXPECT_NEAR(a.percent.interval.value, 0.378, kPublished);
  EXPECT_EQ(a.num_items, 10);
  EXPECT_EQ(a.num_annotators, 14);
  EXPECT_TRUE(std::isnan(a.cohen_kappa.interval.value));
  EXPECT_EQ(a.cohen_kappa.undefined, "14 annotators, not two");
}

TEST(Agreement, CohenKappaOfThePublishedTable) {
  const Agreement a = agreement(cohen_example());
  EXPECT_NEAR(a.cohen_kappa.interval.value, 0.4, kExact);
  EXPECT_NEAR(a.percent.interval.value, 0.7, kExact);
}

TEST(Agreement, AlphasOfThePublishedData) {
  const Agreement a = agreement(krippendorff_2011());
  EXPECT_NEAR(a.alpha_nominal.interval.value, 0.743, kPublished);
  EXPECT_NEAR(a.alpha_ordinal.interval.value, 0.815, kPublished);
  EXPECT_EQ(a.num_items, 11);  // the twelfth has one rating
  EXPECT_THAT(a.fleiss_kappa.undefined, HasSubstr("different numbers of ratings"));
}

TEST(Agreement, NoticesOneChangedRating) {
  Ratings changed = krippendorff_2011();
  changed.items[2][0] = 0;
  EXPECT_GT(std::abs(agreement(changed).alpha_nominal.interval.value - 0.743), kPublished);
}

TEST(Agreement, ItemsWithOneRatingSayNothing) {
  Ratings more = krippendorff_2011();
  more.items.push_back({4, {}, {}, {}});
  more.items.push_back({{}, {}, {}, {}});
  const Agreement a = agreement(krippendorff_2011()), b = agreement(more);
  expect_same(a, b);
  EXPECT_EQ(a.alpha_nominal.interval.low, b.alpha_nominal.interval.low);
}

TEST(Agreement, OrderOfItemsAndAnnotatorsDoesNotMatter) {
  for (const Ratings& ratings : {krippendorff_2011(), fleiss_example(), cohen_example()}) {
    Ratings turned = ratings;
    std::reverse(turned.items.begin(), turned.items.end());
    for (auto& row : turned.items) std::reverse(row.begin(), row.end());
    expect_same(agreement(ratings), agreement(turned));
    expect_same(agreement(ratings).alpha_ordinal, agreement(turned).alpha_ordinal);
  }
}

TEST(Agreement, NamesOfCategoriesMatterToTheOrdinalAlphaOnly) {
  const Ratings ratings = krippendorff_2011();
  const std::vector<int64_t> renamed = {3, 0, 4, 1, 2};
  Ratings other = ratings, reversed = ratings;
  for (size_t i = 0; i < ratings.items.size(); ++i) {
    for (size_t a = 0; a < 4; ++a) {
      if (!ratings.items[i][a]) continue;
      other.items[i][a] = renamed[static_cast<size_t>(*ratings.items[i][a])];
      reversed.items[i][a] = 4 - *ratings.items[i][a];
    }
  }
  expect_same(agreement(ratings), agreement(other));
  EXPECT_NE(agreement(ratings).alpha_ordinal.interval.value,
            agreement(other).alpha_ordinal.interval.value);
  expect_same(agreement(ratings).alpha_ordinal, agreement(reversed).alpha_ordinal);
}

TEST(Agreement, FullAgreementIsOne) {
  const Agreement a = agreement(by_annotators({{1, 2, 1, 2}, {1, 2, 1, 2}}, 2));
  for (const auto* figure :
       {&a.percent, &a.cohen_kappa, &a.fleiss_kappa, &a.alpha_nominal, &a.alpha_ordinal}) {
    EXPECT_NEAR(figure->interval.value, 1, kExact);
    EXPECT_NEAR(figure->interval.low, 1, kExact);
    EXPECT_NEAR(figure->interval.high, 1, kExact);
  }
}

TEST(Agreement, OneCategoryOnlyLeavesNothingToChance) {
  const Agreement a = agreement(by_annotators({{1, 1, 1}, {1, 1, 1}}, 3));
  EXPECT_EQ(a.percent.interval.value, 1);
  for (const auto* figure : {&a.cohen_kappa, &a.fleiss_kappa, &a.alpha_nominal, &a.alpha_ordinal}) {
    EXPECT_TRUE(std::isnan(figure->interval.value));
    EXPECT_TRUE(std::isnan(figure->interval.low));
    EXPECT_THAT(figure->undefined, HasSubstr("the same category"));
  }
}

TEST(Agreement, NothingToCompare) {
  for (const Ratings& ratings : {Ratings{}, by_annotators({{1, 0, 2}, {0, 2, 0}}, 2)}) {
    const Agreement a = agreement(ratings);
    EXPECT_EQ(a.num_items, 0);
    EXPECT_TRUE(std::isnan(a.percent.interval.value));
    EXPECT_EQ(a.percent.undefined, "no item has two ratings");
    EXPECT_EQ(a.alpha_ordinal.undefined, "no item has two ratings");
  }
}

TEST(Agreement, IntervalsHoldTheValueAndNarrowWithMoreItems) {
  const Ratings few = cohen_example();
  Ratings many = few;
  for (int i = 0; i < 3; ++i)
    many.items.insert(many.items.end(), few.items.begin(), few.items.end());
  const eval::BootstrapOptions options{.key = random_key(1, "test")};
  const auto a = agreement(few, options).cohen_kappa.interval;
  const auto b = agreement(many, options).cohen_kappa.interval;
  EXPECT_LT(a.low, 0.4);
  EXPECT_GT(a.high, 0.4);
  EXPECT_LT(b.high - b.low, 0.7 * (a.high - a.low));
  EXPECT_EQ(a.low, agreement(few, options).cohen_kappa.interval.low);
}

TEST(Agreement, RefusesRowsThatAreNone) {
  EXPECT_THROW(agreement({{"x"}, {"a", "b"}, {{0}}}), InternalError);
  EXPECT_THROW(agreement({{"x"}, {"a", "b"}, {{0, 1}}}), InternalError);
}

TEST(ChoiceRatings, PutsATieBetweenTheTwo) {
  const Ratings ratings = choice_ratings({{{"zoe", Choice::Second}, {"ann", Choice::First}},
                                          {},
                                          {{"bob", Choice::Tie}, {"ann", Choice::Second}}});
  EXPECT_THAT(ratings.annotators, testing::ElementsAre("ann", "bob", "zoe"));
  using Row = std::vector<std::optional<int64_t>>;
  EXPECT_THAT(ratings.items, testing::ElementsAre(Row{0, {}, 2}, Row{{}, {}, {}}, Row{2, 1, {}}));
  // Of two disagreements the one that a tie is part of weighs less.
  const auto ordinal = [](Choice other) {
    return agreement(choice_ratings({{{"a", Choice::First}, {"b", other}},
                                     {{"a", Choice::First}, {"b", Choice::First}},
                                     {{"a", Choice::Tie}, {"b", Choice::Tie}},
                                     {{"a", Choice::Second}, {"b", Choice::Second}}}))
        .alpha_ordinal.interval.value;
  };
  EXPECT_GT(ordinal(Choice::Tie), ordinal(Choice::Second));
}

TEST(ChoiceRatings, RefusesTwoVotesOfOneAnnotator) {
  const auto text = support::error_text<DataError>([] {
    choice_ratings({{}, {{"ann", Choice::First}, {"ann", Choice::Tie}}});
  });
  EXPECT_THAT(text, HasSubstr("[annotate] comparing annotators: expected one vote"));
  EXPECT_THAT(text, HasSubstr("two of 'ann' (item 2)"));
}

}  // namespace
}  // namespace plumbline::annotate
