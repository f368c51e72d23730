#include "plumbline/data/convert_sugarcrepe.h"

#include <gmock/gmock.h>

#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

// A made-up file of each kind, in the public form, and COCO's captions of the pictures.
class SugarCrepe : public support::Scratch {
 protected:
  void SetUp() override {
    make_folders(folder_ / "pairs");
    write_file(folder_ / "pairs/replace_obj.json",
               R"({"0": {"filename": "000000000009.jpg", "caption": "A dog on a sofa.",
                         "negative_caption": "A cat on a sofa."},
                   "1": {"filename": "000000000025.jpg", "caption": "Two cups.",
                         "negative_caption": "Two plates."}})");
    write_file(folder_ / "pairs/swap_att.json",
               R"({"0": {"filename": "000000000009.jpg", "caption": "A brown dog on a red sofa",
                         "negative_caption": "A red dog on a brown sofa"}})");
    write_file(folder_ / "captions.json",
               R"({"images": [{"id": 9}, {"id": 25}], "annotations": [
                 {"id": 1, "image_id": 9, "caption": "a dog on a sofa"},
                 {"id": 2, "image_id": 9, "caption": "A brown dog on a red sofa"},
                 {"id": 3, "image_id": 9, "caption": "Some furniture"},
                 {"id": 4, "image_id": 25, "caption": "Cups on a table"}]})");
    options_.held_out_share = 0;
  }
  SugarCrepeRecords converted() const {
    return convert_sugarcrepe(path("pairs"), path("captions.json"), options_);
  }
  std::string error() const {
    return support::error_text<DataError>([&] { converted(); });
  }

  SugarCrepeOptions options_;
};

TEST_F(SugarCrepe, TheTrueCaptionIsBetterAndNeverAmongItsFacts) {
  const auto records = converted().comparisons;
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].id, "replace_obj-0");
  EXPECT_EQ(records[0].metadata["type"], "replace_obj");
  EXPECT_EQ(records[0].turns[0].text, "<image>\nDescribe this picture in one sentence.");
  const bool is_first = records[0].preference == Choice::First;
  EXPECT_EQ(is_first ? records[0].output_1 : records[0].output_2, "A dog on a sofa.");
  EXPECT_EQ(is_first ? records[0].output_2 : records[0].output_1, "A cat on a sofa.");
  EXPECT_THAT(records[0].facts, ElementsAre("A brown dog on a red sofa", "Some furniture"));
  EXPECT_THAT(records[1].facts, ElementsAre("Cups on a table"));
  EXPECT_THAT(records[2].facts, ElementsAre("a dog on a sofa", "Some furniture"));
  write_comparisons(path("out.json"), records);
  EXPECT_EQ(read_comparisons(path("out.json"), ""), records);
}

TEST_F(SugarCrepe, MayBeTextAlone) {
  options_.has_images = false;
  const auto record = converted().comparisons.at(0);
  EXPECT_TRUE(record.images.empty());
  EXPECT_EQ(record.turns[0].text, "Describe this picture in one sentence.");
  EXPECT_EQ(record.facts.size(), 2U);
}

TEST_F(SugarCrepe, NoImageIsOnBothSides) {
  nlohmann::json pairs,
      captions{{"images", {{{"id", 0}}}}, {"annotations", nlohmann::json::array()}};
  for (int i = 0; i < 200; ++i) {
    pairs.push_back({{"filename", std::to_string(i / 2) + ".jpg"},
                     {"caption", "x" + std::to_string(i)},
                     {"negative_caption", "y"}});
    captions["annotations"].push_back({{"image_id", i / 2}, {"caption", "z"}});
  }
  fs::remove_all(folder_ / "pairs");
  make_folders(folder_ / "pairs");
  write_file(folder_ / "pairs/add_att.json", pairs.dump());
  write_file(folder_ / "captions.json", captions.dump());
  options_.held_out_share = 0.3;
  const auto records = converted();
  std::set<std::string> held_out;
  for (const auto& record : records.held_out) held_out.insert(record.images[0]);
  int64_t num_first = 0;
  for (const auto& record : records.comparisons) {
    EXPECT_FALSE(held_out.contains(record.images[0]));
    num_first += record.preference == Choice::First ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(records.held_out.size()), 60, 25);
  EXPECT_NEAR(static_cast<double>(num_first) / static_cast<double>(records.comparisons.size()), 0.5,
              0.15);
}

TEST_F(SugarCrepe, WhatDoesNotFitIsNamedOrLeftOut) {
  write_file(folder_ / "pairs/add_obj.json",
             R"([{"filename": "1.jpg", "caption": "a", "negative_caption": "A."},
                 {"filename": "1.jpg", "caption": "a"}, 3,
                 {"filename": "1.jpg", "caption": "a", "negative_caption": "b"}])");
  EXPECT_THAT(error(),
              AllOf(HasSubstr("4 problems"), HasSubstr("captions that differ"),
                    HasSubstr("negative_caption"), HasSubstr("entry 2: expected an object"),
                    HasSubstr("pairs without another caption")));
  write_file(folder_ / "pairs/add_obj.json",
             R"([{"filename": "1.jpg", "caption": "a", "negative_caption": "b"}])");
  options_.tolerance.skip_unmatched = true;
  EXPECT_EQ(converted().comparisons.size(), 3U);
  EXPECT_EQ(converted().left_out.at("pairs without another caption of their image"), 1);
  write_file(folder_ / "pairs/add_obj.json", "7");
  EXPECT_THAT(error(), HasSubstr("pairs of captions by number"));
  options_.held_out_share = 1;
  EXPECT_THROW(converted(), ConfigError);
  fs::remove_all(folder_ / "pairs");
  make_folders(folder_ / "pairs");
  options_.held_out_share = 0;
  EXPECT_THAT(error(), HasSubstr("replace_obj.json"));
}

}  // namespace
}  // namespace plumbline::data
