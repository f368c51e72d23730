#include "plumbline/data/mixture.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;

class Mixture : public support::Scratch {
 protected:
  std::vector<SourceFile> read(const std::string& toml) {
    write_file(path("mix.toml"), toml);
    return source_files(path("mix.toml"), "all/images");
  }
  std::string refusal(const std::string& toml) {
    return support::error_text<DataError>([&] { read(toml); });
  }
};

TEST_F(Mixture, HasDefaults) {
  const auto sources = read(R"([[source]]
file = "a.json"
[[source]]
file = "/data/b.json"
images = "pictures"
weight = 0.5
name = "bees"
[[source]]
file = "sub/c.jsonl"
images = "/pictures"
weight = 2
)");
  ASSERT_EQ(sources.size(), 3U);
  EXPECT_EQ(sources[0].name, "a.json");
  EXPECT_EQ(sources[0].path, path("a.json"));
  EXPECT_EQ(sources[0].images, "all/images");
  EXPECT_EQ(sources[0].weight, 1);
  EXPECT_EQ(sources[1].name, "bees");
  EXPECT_EQ(sources[1].path, "/data/b.json");
  EXPECT_EQ(sources[1].images, path("pictures"));
  EXPECT_EQ(sources[1].weight, 0.5);
  EXPECT_EQ(sources[2].path, path("sub/c.jsonl"));
  EXPECT_EQ(sources[2].images, "/pictures");
  EXPECT_EQ(sources[2].weight, 2);
}

TEST_F(Mixture, AFileOrFolderStandsForItself) {
  write_file(path("a.json"), "[]");
  const auto file = source_files(path("a.json"), "images");
  ASSERT_EQ(file.size(), 1U);
  EXPECT_EQ(file[0].path, path("a.json"));
  EXPECT_EQ(file[0].images, "images");
  const auto folder = source_files(folder_.string(), "images");
  EXPECT_EQ(folder.at(0).images, folder_.string());
  EXPECT_THROW(source_files(path("absent.json"), ""), IoError);
  EXPECT_THROW(source_files(path("absent.toml"), ""), IoError);
}

TEST_F(Mixture, AFolderOfImagesStartsFromItself) {
  make_folders(path("pictures"));
  const auto sources = read("[[source]]\nfile = \"pictures\"\n");
  EXPECT_EQ(sources[0].images, path("pictures"));
}

TEST_F(Mixture, TellsAllThatIsWrong) {
  const auto text = refusal(R"([[source]]
file = "a.json"
weight = 0
colour = "red"
[[source]]
weight = "much"
[[source]]
file = "a.json"
[[source]]
file = "other.toml"
images = ""
[run]
)");
  EXPECT_THAT(text, HasSubstr("line 3: expected a weight above 0 and at most 1000, got 0"));
  EXPECT_THAT(text,
              HasSubstr("line 4: expected file, images, weight, name or question, got 'colour'"));
  EXPECT_THAT(text,
              HasSubstr("line 6: expected a weight above 0 and at most 1000, got another type"));
  EXPECT_THAT(text, HasSubstr("line 5: expected a file, got a source without"));
  EXPECT_THAT(text, HasSubstr("expected names that differ, got 'a.json' again"));
  EXPECT_THAT(text, HasSubstr("expected a file of records, got a mixture"));
  EXPECT_THAT(text, HasSubstr("line 11: expected text for images, got none"));
  EXPECT_THAT(text, HasSubstr("line 12: expected [[source]], got 'run'"));
  EXPECT_THAT(text, HasSubstr("8 problems"));
}

TEST_F(Mixture, RefusesOtherForms) {
  EXPECT_THAT(refusal(""), HasSubstr("at least one [[source]], got none"));
  EXPECT_THAT(refusal("source = 3"), HasSubstr("in double brackets"));
  EXPECT_THAT(refusal("source = [3]"), HasSubstr("expected a table"));
  EXPECT_THAT(refusal("a\n[["), HasSubstr("mix.toml:1"));
  for (const char* weight : {"-1", "nan", "inf", "1001", "true"}) {
    EXPECT_THAT(refusal(std::string("[[source]]\nfile = \"a\"\nweight = ") + weight),
                HasSubstr("expected a weight"))
        << weight;
  }
}

}  // namespace
}  // namespace plumbline::data
