#include "plumbline/report/label_places.h"

#include <gtest/gtest.h>

namespace plumbline::report {
namespace {

constexpr Box kPage = {0, 0, 500, 300};

bool overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

TEST(LabelPlaces, AWordAloneStandsAtTheUpperRight) {
  const Box box = LabelPlaces(kPage).place(100, 100, 40, 12);
  EXPECT_GT(box.left, 100);
  EXPECT_LT(box.bottom, 100);
  EXPECT_EQ(box.right - box.left, 40);
  EXPECT_EQ(box.bottom - box.top, 12);
}

TEST(LabelPlaces, WordsOfPointsThatLieCloseDoNotOverlap) {
  LabelPlaces places(kPage);
  std::vector<Box> boxes;
  for (int i = 0; i < 12; ++i) {
    const double x = 250 + 3 * i, y = 150 + 2 * (i % 3);
    places.take({x - 4, y - 4, x + 4, y + 4});
  }
  for (int i = 0; i < 12; ++i)
    boxes.push_back(places.place(250 + 3 * i, 150 + 2 * (i % 3), 50, 12));
  for (size_t a = 0; a < boxes.size(); ++a) {
    for (size_t b = 0; b < a; ++b) EXPECT_FALSE(overlap(boxes[a], boxes[b])) << a << " and " << b;
  }
}

TEST(LabelPlaces, WordsStayOnThePage) {
  const Box box = LabelPlaces(kPage).place(495, 5, 40, 12);
  EXPECT_LE(box.right, kPage.right);
  EXPECT_GE(box.top, kPage.top);
}

TEST(LabelPlaces, WhereNothingIsFreeAWordStandsAllTheSame) {
  LabelPlaces places({0, 0, 10, 10});
  EXPECT_EQ(places.place(5, 5, 40, 12).left, 11);
}

}  // namespace
}  // namespace plumbline::report
