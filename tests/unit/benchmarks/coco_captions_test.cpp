#include "plumbline/benchmarks/coco_captions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

class Captions : public testing::Test {
 protected:
  std::vector<CocoCaption> read(const std::string& text, const std::vector<eval::Asked>& asked = {},
                                eval::Join by = eval::Join::Id) {
    return read_coco_captions(
        {.files = {{"answers", files_.write("a.jsonl", text)}, {"questions", "q.jsonl"}},
         .variants = {},
         .join = by},
        asked);
  }

  eval::EvalFiles files_;
};

TEST_F(Captions, UsualForms) {
  const auto found = read(
      "{\"image_id\":1,\"caption\":\"a\"}\n{\"image\":\"COCO_val2014_000000000002.jpg\","
      "\"question_id\":77,\"text\":\"b\"}\r\n{\"question_id\":\"3\",\"answer\":null}\n");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].image_id, 1);
  EXPECT_EQ(found[1].image_id, 2);
  EXPECT_EQ(found[1].text, "b");
  EXPECT_EQ(found[2].image_id, 3);
  EXPECT_TRUE(found[2].is_null);
}

TEST_F(Captions, ChairsOwnForm) {
  const auto found = read(
      "{\"overall\":{\"SPICE\":0.2},\n \"imgToEval\":{\"1\":{\"image_id\":1,\"caption\":\"a\"},"
      "\"2\":{\"caption\":\"b\"}}}");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].image_id, 2);
  EXPECT_EQ(found[1].text, "b");
}

TEST_F(Captions, OneOfAnImage) {
  EXPECT_THAT(
      eval::error_of([&] {
        read("{\"image_id\":1,\"caption\":\"a\"}\n{\"image_id\":\"01\",\"caption\":\"b\"}\n");
      }),
      HasSubstr("two of 1"));
}

TEST_F(Captions, OfTheImagesAskedAbout) {
  const std::vector<eval::Asked> asked = {{.id = "2"}, {.id = "1"}};
  const auto found =
      read("{\"image_id\":1,\"caption\":\"a\"}\n{\"image_id\":2,\"caption\":\"b\"}\n", asked);
  EXPECT_EQ(found[0].text, "b");
  EXPECT_THAT(eval::error_of([&] { read("{\"image_id\":1,\"caption\":\"a\"}\n", asked); }),
              HasSubstr("no answer to 2"));
  const auto by_position =
      read("{\"answer\":\"x\"}\n{\"answer\":\"y\"}\n", asked, eval::Join::Position);
  EXPECT_EQ(by_position[0].image_id, 2);
  EXPECT_EQ(by_position[0].text, "x");
  EXPECT_EQ(read("{\"image\":\"UE5H\",\"answer\":\"x\"}\n{\"answer\":\"y\"}\n", asked,
                 eval::Join::Position)[1]
                .text,
            "y");
  EXPECT_THAT(eval::error_of([&] { read("{\"answer\":\"x\"}\n", asked, eval::Join::Position); }),
              HasSubstr("2 answers"));
}

TEST_F(Captions, NeitherNumberNorName) {
  EXPECT_THAT(eval::error_of([&] { read("{\"image\":\"cat.jpg\",\"caption\":\"a\"}\n"); }),
              HasSubstr("a.jsonl:1"));
  EXPECT_THAT(eval::error_of([&] { read("{\"caption\":\"a\"}\n"); }), HasSubstr("a.jsonl:1"));
}

}  // namespace
}  // namespace plumbline::benchmarks
