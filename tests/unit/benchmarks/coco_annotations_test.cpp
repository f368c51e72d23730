#include "plumbline/benchmarks/coco_annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class Annotations : public testing::Test {
 protected:
  std::vector<CocoAnnotation> read(const std::string& text) {
    std::vector<CocoAnnotation> found;
    categories_ = for_each_annotation(files_.write("a.json", text),
                                      [&](const CocoAnnotation& a) { found.push_back(a); });
    return found;
  }
  std::string error(const std::string& text) {
    return eval::error_of([&] { read(text); });
  }

  eval::EvalFiles files_;
  std::map<int64_t, std::string> categories_;
};

TEST_F(Annotations, OnlyWhatBelongsToAnnotations) {
  const auto found = read(
      R"({"images":[{"image_id":5,"caption":"none"}],"annotations":[
          {"image_id":1,"category_id":2,"segmentation":{"counts":[1,{"image_id":9}]},"id":3},
          {"image_id":1e300},{"caption":"a \"dog\"","image_id":"7"},{}],
          "categories":[{"id":2,"name":"dog","keypoints":["name","x"]}]})");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].image_id, 1);
  EXPECT_EQ(found[0].category_id, 2);
  EXPECT_FALSE(found[0].caption);
  EXPECT_FALSE(found[1].image_id);
  EXPECT_EQ(found[2].caption, "a \"dog\"");
  EXPECT_EQ(found[2].image_id, 7);
  EXPECT_FALSE(found[2].category_id);
  EXPECT_FALSE(found[3].image_id);
  EXPECT_EQ(found[3].number, 4);
  EXPECT_THAT(categories_, ElementsAre(Pair(2, "dog")));
}

TEST_F(Annotations, OtherFilesAreRefused) {
  EXPECT_THAT(error(R"({"annotations":[{"image_id":1},)"), HasSubstr("a.json"));
  EXPECT_THAT(error(R"({"annotations":[{"image_id":1)"), HasSubstr("expected JSON"));
  EXPECT_THAT(error("[]"), HasSubstr("got a list"));
  EXPECT_THAT(error("{}"), HasSubstr("'annotations'"));
  EXPECT_THAT(error(R"({"annotations":{"image_id":1}})"), HasSubstr("'annotations'"));
  EXPECT_THAT(error(""), HasSubstr("expected JSON"));
  EXPECT_TRUE(read(R"({"annotations":[]})").empty());
}

TEST(CocoImageId, NumbersAndNames) {
  EXPECT_EQ(coco_image_id("42", ""), 42);
  EXPECT_EQ(coco_image_id("COCO_val2014_000000000042.jpg", ""), 42);
  EXPECT_EQ(coco_image_id("val2014/000000000042.jpg", ""), 42);
  for (const char* other : {"", "cat.jpg", "42nd", "99999999999999999999"}) {
    EXPECT_THAT(eval::error_of([&] { coco_image_id(other, "f:3"); }), HasSubstr("f:3")) << other;
  }
}

}  // namespace
}  // namespace plumbline::benchmarks
