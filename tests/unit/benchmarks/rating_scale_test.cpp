#include "plumbline/benchmarks/rating_scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

TEST(RatingScale, ReadsExactlyOneRating) {
  EXPECT_EQ(read_rating("It is fine.\n**Rating: 2**"), 2);
  EXPECT_EQ(read_rating("Rating: 4, as said: rating: 4"), 4);
  EXPECT_EQ(read_rating("RATING: 0"), 0);
  EXPECT_EQ(read_rating("Rating: 60"), 6);
  EXPECT_EQ(read_rating("Rating: 3.5"), 3);
}

TEST(RatingScale, OtherRepliesAreMalformed) {
  for (const char* reply : {"rating:4", "Rating:  5", "Rating: [6]", "Rating: 1 ... Rating: 4",
                            "Rating: 7", "Rating: -1", "", "Rating 3", "6"}) {
    EXPECT_FALSE(read_rating(reply)) << reply;
  }
}

std::vector<RatedItem> items(size_t n) {
  std::vector<RatedItem> items;
  for (size_t i = 0; i < n; ++i) {
    items.push_back({.asked = {.id = std::to_string(i), .image = std::to_string(i / 2) + ".jpg"},
                     .type = i % 2 == 0 ? "even" : "odd"});
  }
  return items;
}

eval::Scoring score(const std::vector<std::string>& replies, const RatingStyle& style = {}) {
  return score_ratings(items(replies.size()), std::vector<eval::Answer>(replies.size()), replies,
                       {"even", "odd"}, style);
}

TEST(RatingScale, FiguresByHand) {
  // 6, malformed, 2, 3: sum 11; hallucinated: malformed and 2.
  const auto scoring = score({"Rating: 6", "none", "Rating: 2", "Rating: 3"},
                             {.has_informativeness = true, .has_type_rates = true});
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "average_score"), 11.0 / 4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hallucination_rate"), 2.0 / 4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "score/even"), 4);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "score/odd"), 1.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hallucination_rate/even"), 0.5);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "average_score_of_readable"), 11.0 / 3);
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "hallucination_rate_of_readable"), 1.0 / 3);
  // 3, 0, 2, 0 of 3.
  EXPECT_DOUBLE_EQ(eval::figure(scoring, "informativeness"), 5.0 / 4 / 3 * 100);
  EXPECT_EQ(eval::printed_figure(scoring, "score/even"), "4.0");
  EXPECT_EQ(eval::printed_figure(scoring, "average_score"), "2.75");
  EXPECT_EQ(scoring.num_malformed, 1);
  EXPECT_TRUE(scoring.answers[1].is_malformed);
  EXPECT_EQ(scoring.answers[2].verdict, "2");
  EXPECT_EQ(scoring.units.size(), 2u);
}

TEST(RatingScale, AllMalformedLeavesNothingReadable) {
  const auto scoring = score({"", "?"});
  EXPECT_EQ(eval::figure(scoring, "average_score"), 0);
  EXPECT_EQ(eval::figure(scoring, "hallucination_rate"), 1);
  EXPECT_TRUE(std::isnan(eval::figure(scoring, "average_score_of_readable")));
  EXPECT_EQ(eval::printed_figure(scoring, "hallucination_rate_of_readable"), "n/a");
}

TEST(RatingScale, UnitsAndFiguresDoNotDependOnReplies) {
  const auto a = score({"Rating: 6", "Rating: 6", "Rating: 5"});
  const auto b = score({"", "Rating: 0", "x"});
  ASSERT_EQ(a.units.size(), b.units.size());
  EXPECT_EQ(a.num_sums, b.num_sums);
  EXPECT_EQ(a.figures.size(), b.figures.size());
}

TEST(RatingScale, ABetterRatingNeverLowersTheScore) {
  double last = -1;
  for (int rating = 0; rating <= 6; ++rating) {
    const auto scoring = score({"Rating: " + std::to_string(rating), "Rating: 3"});
    EXPECT_GT(eval::figure(scoring, "average_score"), last);
    last = eval::figure(scoring, "average_score");
  }
}

TEST(RatingScale, RequestsShowEverything) {
  auto item = items(1);
  item[0].asked.question = "How many?";
  item[0].facts = "Apple, Table";
  item[0].reference = "Three.";
  const eval::EvalFiles files;
  const auto path = files.write("p", "{} | {} | {} | {}");
  const auto requests = rating_requests(item, {{.id = "0", .text = "Two {} {answer}."}}, path);
  EXPECT_EQ(requests[0].messages[0].content,
            "Apple, Table | How many? | Three. | Two {} {answer}.");
  EXPECT_EQ(requests[0].id, "0");
  EXPECT_EQ(requests[0].temperature, 0);
  EXPECT_THAT(rating_requests(item, {{.id = "0", .text = "Two."}}, "")[0].messages[0].content,
              testing::HasSubstr("Three."));
}

}  // namespace
}  // namespace plumbline::benchmarks
