#include "plumbline/data/coco_images.h"

#include <gtest/gtest.h>

namespace plumbline::data {
namespace {

TEST(CocoImage, IsNamedAsItsYearDoes) {
  EXPECT_EQ(coco_image({}, "train2014", 9), "COCO_train2014_000000000009.jpg");
  EXPECT_EQ(coco_image({CocoYear::Y2017, {}}, "train2014", 581929), "000000581929.jpg");
  EXPECT_EQ(coco_image({CocoYear::Y2017, "train2017"}, "", 9), "train2017/000000000009.jpg");
}

TEST(InFolder, AddsASlashWhereNoneIs) {
  EXPECT_EQ(in_folder("", "a.jpg"), "a.jpg");
  EXPECT_EQ(in_folder("b/", "a.jpg"), "b/a.jpg");
}

}  // namespace
}  // namespace plumbline::data
