#include "plumbline/data/convert_coco_captions.h"

#include <gmock/gmock.h>

#include <set>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

json image(int64_t id) {
  return {{"license", 3}, {"file_name", "COCO_val2014_" + std::to_string(id) + ".jpg"}, {"id", id}};
}

json caption(int64_t id, int64_t image_id, const std::string& text) {
  return {{"image_id", image_id}, {"id", id}, {"caption", text}};
}

class CocoCaptions : public support::Scratch {
 protected:
  json images_ = {image(25), image(9)};
  json captions_ = {caption(3, 9, "third"), caption(1, 9, " first\n"), caption(7, 25, "other"),
                    caption(2, 9, "second")};
  CocoCaptionOptions options_;

  CocoCaptionRecords converted() const {
    const json file = {{"info", json::object()}, {"images", images_}, {"annotations", captions_}};
    write_file(path("in.json"), file.dump());
    return convert_coco_captions(path("in.json"), options_);
  }
  std::string error() const {
    return support::error_text<DataError>([&] { converted(); });
  }
};

TEST_F(CocoCaptions, BecomeFactsInTheOrderOfTheirIds) {
  const auto records = converted();
  write_facts(path("facts.json"), records.facts);
  const Facts facts = read_facts(path("facts.json"));
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_THAT(facts_of(facts, "COCO_val2014_9.jpg"), ElementsAre("first", "second", "third"));
  EXPECT_THAT(facts.at("COCO_val2014_25.jpg"), ElementsAre("other"));
  EXPECT_THAT(records.left_out, IsEmpty());
}

TEST_F(CocoCaptions, BecomeOneConversationPerImage) {
  options_.is_renamed_2017 = true;
  options_.image_folder_prefix = "val2017";
  const auto records = converted();
  EXPECT_TRUE(records.facts.contains("val2017/000000000009.jpg"));
  fs::create_directories(folder_ / "val2017");
  write_file(path("val2017/000000000009.jpg"), "");
  write_file(path("val2017/000000000025.jpg"), "");
  write_conversations(path("out.json"), records.conversations);
  const auto read = read_conversations(path("out.json"), folder_.string());
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].id, "coco-9");
  EXPECT_EQ(read[0].turns[0].text, "<image>\nDescribe this picture in one sentence.");
  EXPECT_THAT(read[0].turns[1].text, testing::AnyOf("first", "second", "third"));
  EXPECT_EQ(read[1].turns[1].text, "other");
}

TEST_F(CocoCaptions, DrawsDependOnSeedAndImageAlone) {
  images_ = json::array();
  captions_ = json::array();
  for (int64_t i = 0; i < 20; ++i) {
    images_.push_back(image(i));
    for (int64_t j = 0; j < 5; ++j) captions_.push_back(caption(5 * i + j, i, std::to_string(j)));
  }
  const auto answers = [&] {
    std::map<std::string, std::string> result;
    for (const auto& c : converted().conversations) result[c.id] = c.turns[1].text;
    return result;
  };
  const auto all = answers();
  std::set<std::string> drawn;
  for (const auto& one : all) drawn.insert(one.second);
  EXPECT_EQ(drawn.size(), 5U);
  std::reverse(images_.begin(), images_.end());
  std::reverse(captions_.begin(), captions_.end());
  EXPECT_EQ(answers(), all);
  options_.max_conversations = 6;
  const auto some = answers();
  EXPECT_EQ(some.size(), 6U);
  for (const auto& [id, text] : some) EXPECT_EQ(text, all.at(id));
  EXPECT_EQ(converted().facts.size(), 20U);
}

TEST_F(CocoCaptions, RefuseWhatDoesNotFitUnlessAllowed) {
  images_.push_back(image(30));
  captions_.push_back(caption(8, 40, "lost"));
  captions_.push_back(caption(9, 25, " "));
  const auto text = error();
  EXPECT_THAT(text, HasSubstr("3 problems"));
  EXPECT_THAT(text, HasSubstr("images without a caption: expected none, got 1, such as "
                              "COCO_val2014_30.jpg"));
  EXPECT_THAT(text, HasSubstr("captions without an image: expected none, got 1, such as caption 8 "
                              "of image 40"));
  EXPECT_THAT(text, HasSubstr("empty captions: expected none, got 1, such as caption 9"));
  write_file(path("COCO_val2014_9.jpg"), "");
  options_.tolerance = {
      .image_folder = folder_.string(), .skip_missing_images = true, .skip_unmatched = true};
  const auto records = converted();
  EXPECT_EQ(records.facts.size(), 1U);
  EXPECT_THAT(
      records.left_out,
      ElementsAre(Pair("captions without an image", 1), Pair("empty captions", 1),
                  Pair("images that are not there", 1), Pair("images without a caption", 1)));
}

TEST_F(CocoCaptions, ReportAllProblemsTogether) {
  images_.push_back(image(9));
  images_.push_back({{"id", 50}});
  captions_.push_back(caption(1, 9, "again"));
  captions_.push_back({{"id", 60}, {"image_id", 9}, {"caption", 5}});
  const auto text = error();
  EXPECT_THAT(text, HasSubstr("4 problems"));
  EXPECT_THAT(text, HasSubstr("in.json, image 3: expected unique images, got 9"));
  EXPECT_THAT(text, HasSubstr("in.json, image 4: expected \"file_name\", got none"));
  EXPECT_THAT(text, HasSubstr("in.json, caption 5: expected unique caption ids, got 1 again"));
  EXPECT_THAT(text, HasSubstr("in.json, caption 6: expected \"caption\" to be text, got 5"));
}

TEST_F(CocoCaptions, RefuseOtherFiles) {
  captions_ = {{{"id", 1}, {"image_id", 9}, {"bbox", {1, 2, 3, 4}}}};
  EXPECT_THAT(error(), HasSubstr("an object whose \"annotations\" have \"caption\""));
  write_file(path("in.json"), R"({"annotations": [{"caption": "x", "id": 1, "image_id": 1}]})");
  EXPECT_THAT(
      support::error_text<DataError>([&] { convert_coco_captions(path("in.json"), options_); }),
      HasSubstr("expected a list \"images\", got none"));
  options_.max_conversations = -1;
  EXPECT_THROW(converted(), ConfigError);
}

}  // namespace
}  // namespace plumbline::data
