#include "plumbline/benchmarks/coco_truth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/coco_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Truth : public testing::Test {
 protected:
  ObjectsByImage truth(const std::set<int64_t>& images) {
    const eval::EvalRequest request{.files = inputs_, .variants = {}};
    return coco_truth(images, request, CocoObjects(inputs_["synonyms"], SynonymRule::Original),
                      CaptionWords(LemmaRule::Words, request));
  }

  CocoFiles files_;
  std::map<std::string, std::string> inputs_ = files_.inputs();
};

TEST_F(Truth, InstancesAndCaptionsTogether) {
  const auto found = truth({1, 2});
  EXPECT_THAT(found.at(1), ElementsAre("cup", "dining table", "dog", "person"));
  EXPECT_THAT(found.at(2), ElementsAre("bear"));
  EXPECT_EQ(found.size(), 2u);
}

TEST_F(Truth, OtherImagesAreNotLookedAt) {
  EXPECT_EQ(truth({2}).size(), 1u);  // image 3 has a category without synonyms
}

TEST_F(Truth, SeveralFiles) {
  inputs_["instances"] += "," + files_.write("train.json", R"({"annotations":[
      {"image_id":2,"category_id":1}],"categories":[{"id":1,"name":"cat"}]})");
  EXPECT_THAT(truth({2}).at(2), ElementsAre("bear", "cat"));
}

TEST_F(Truth, WhatDoesNotFit) {
  EXPECT_THAT(eval::error_of([&] { truth({1, 4}); }), HasSubstr("none of 4"));
  EXPECT_THAT(eval::error_of([&] {
                inputs_["captions"] += "," + files_.write("more.json", R"({"annotations":[
                    {"image_id":3,"caption":"x"}]})");
                truth({3});
              }),
              HasSubstr("'no object' among the synonyms"));
  std::swap(inputs_["captions"], inputs_["instances"]);
  EXPECT_THAT(eval::error_of([&] { truth({1}); }), HasSubstr("annotation 1"));
  inputs_["instances"] =
      files_.write("i.json", R"({"annotations":[{"image_id":1,"category_id":5}]})");
  EXPECT_THAT(eval::error_of([&] { truth({1}); }), HasSubstr("category 5"));
}

}  // namespace
}  // namespace plumbline::benchmarks
