#include "plumbline/data/convert_flickr30k.h"

#include <gmock/gmock.h>

#include <set>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// An image of 400 x 200 pixels: the square that it is padded to has 100 rows above it.
constexpr const char* kBoxes = R"(<annotation><filename>7.jpg</filename>
<size><width>400</width><height>200</height><depth>3</depth></size>
<object><name>1</name><bndbox><xmin>0</xmin><ymin>0</ymin><xmax>100</xmax><ymax>200</ymax></bndbox></object>
<object><name>1</name><bndbox><xmin>200</xmin><ymin>50</ymin><xmax>300</xmax><ymax>150</ymax></bndbox></object>
<object><name>2</name><bndbox><xmin>4</xmin><ymin>2</ymin><xmax>401</xmax><ymax>100</ymax></bndbox></object>
<object><name>3</name><scene>1</scene><nobox>0</nobox></object></annotation>)";

class Flickr30k : public support::Scratch {
 protected:
  Flickr30kFiles files_;
  Flickr30kOptions options_;

  void use_entities() {
    fs::create_directories(folder_ / "Sentences");
    fs::create_directories(folder_ / "Annotations");
    write_file(path("Sentences/7.txt"),
               "[/EN#1/people Two men] smile at [/EN#2/animals a dog] in [/EN#3/scene a park] .\n"
               "It is sunny in [/EN#3/scene the park] .\n");
    write_file(path("Annotations/7.xml"), kBoxes);
    files_ = {.sentences = path("Sentences"), .annotations = path("Annotations")};
  }
  void use_captions(const std::string& text) {
    write_file(path("captions"), text);
    files_ = {.captions = path("captions")};
  }
  Flickr30kRecords converted() const { return convert_flickr30k(files_, options_); }
  template <class E = DataError>
  std::string error() const {
    return support::error_text<E>([&] { converted(); });
  }
};

constexpr const char* kTokens =
    "8.jpg#1\tA cat 's nap .\n8.jpg#0\tA cat sleeps .\r\n\n7.jpg#0\tTwo men smile .\n";

TEST_F(Flickr30k, SpotsWhatACaptionMentions) {
  use_entities();
  const auto records = converted();
  write_file(path("7.jpg"), "");
  write_conversations(path("out.json"), records.conversations);
  const auto read = read_conversations(path("out.json"), folder_.string());
  ASSERT_EQ(read.size(), 1U);  // the second caption has no box
  EXPECT_EQ(read[0].id, "flickr30k-7-0");
  EXPECT_THAT(read[0].turns[0].text,
              HasSubstr("<image>\nDescribe this picture in one sentence, and"));
  EXPECT_EQ(read[0].turns[1].text,
            "Two men [0.000, 0.250, 0.250, 0.750; 0.500, 0.375, 0.750, 0.625] smile at a dog "
            "[0.010, 0.255, 1.000, 0.500] in a park.");
  write_facts(path("facts.json"), records.facts);
  EXPECT_THAT(facts_of(read_facts(path("facts.json")), "7.jpg"),
              ElementsAre("Two men smile at a dog in a park.", "It is sunny in the park."));
}

TEST_F(Flickr30k, PlacesWithinThePicture) {
  use_entities();
  options_.frame = BoxFrame::Picture;
  options_.digits = 2;
  EXPECT_EQ(converted().conversations[0].turns[1].text,
            "Two men [0.00, 0.00, 0.25, 1.00; 0.50, 0.25, 0.75, 0.75] smile at a dog [0.01, 0.01, "
            "1.00, 0.50] in a park.");
}

TEST_F(Flickr30k, ImagesWithoutBoxesAreCounted) {
  use_entities();
  write_file(path("Sentences/8.txt"), "[/EN#4/people A man] .\n");
  write_file(path("Annotations/8.xml"),
             "<annotation><size><width>4</width><height>4</height></size></annotation>");
  const auto records = converted();
  EXPECT_EQ(records.conversations.size(), 1U);
  EXPECT_EQ(records.facts.size(), 2U);
  EXPECT_THAT(records.left_out, ElementsAre(Pair("images without a box in a caption", 1)));
}

TEST_F(Flickr30k, SentencesAloneAreCaptions) {
  use_entities();
  files_.annotations = "";
  options_.captions_per_image = 0;
  const auto records = converted();
  ASSERT_EQ(records.conversations.size(), 2U);
  EXPECT_EQ(records.conversations[1].turns[0].text,
            "<image>\nDescribe this picture in one sentence.");
  options_.question = "What is there?";
  EXPECT_EQ(converted().conversations[0].turns[0].text, "<image>\nWhat is there?");
  EXPECT_EQ(records.conversations[1].turns[1].text, "It is sunny in the park.");
}

TEST_F(Flickr30k, TokenFile) {
  use_captions(kTokens);
  options_.captions_per_image = 0;
  options_.image_folder_prefix = "flickr30k-images";
  const auto records = converted();
  ASSERT_EQ(records.conversations.size(), 3U);
  EXPECT_EQ(records.conversations[2].id, "flickr30k-8-1");
  for (const char* name : {"7.jpg", "8.jpg"}) {
    fs::create_directories(folder_ / "flickr30k-images");
    write_file(folder_ / "flickr30k-images" / name, "");
  }
  write_conversations(path("out.json"), records.conversations);
  EXPECT_EQ(read_conversations(path("out.json"), folder_.string()).size(), 3U);
  EXPECT_THAT(records.facts.at("flickr30k-images/8.jpg"),
              ElementsAre("A cat sleeps.", "A cat's nap."));
}

TEST_F(Flickr30k, TokenFileWithBrokenBytes) {
  use_captions("8.jpg#0\tA caf\xe9 .\n");
  write_facts(path("facts.json"), converted().facts);
  EXPECT_THAT(read_facts(path("facts.json")).at("8.jpg"), ElementsAre("A caf\xEF\xBF\xBD."));
}

constexpr const char* kSplit = R"({"dataset": "flickr30k", "images": [
  {"filename": "8.jpg", "split": "train", "sentids": [6, 5], "imgid": 1, "sentences": [
    {"tokens": ["a"], "raw": "A cat naps.", "imgid": 1, "sentid": 6},
    {"tokens": ["a"], "raw": "A cat sleeps.", "imgid": 1, "sentid": 5}]},
  {"filename": "7.jpg", "split": "val", "sentids": [0], "imgid": 0, "sentences": [
    {"tokens": ["two"], "raw": "Two men smile.", "imgid": 0, "sentid": 0}]}]})";

TEST_F(Flickr30k, SplitFile) {
  use_captions(kSplit);
  EXPECT_EQ(converted().conversations.size(), 2U);
  options_.split = "train";
  const auto records = converted();
  EXPECT_EQ(records.conversations.size(), 1U);
  EXPECT_THAT(records.facts,
              ElementsAre(Pair("8.jpg", ElementsAre("A cat sleeps.", "A cat naps."))));
  options_.split = "test";
  EXPECT_THAT(error(), HasSubstr("images of the split 'test', got none"));
  options_.split = "";
  std::string coco = kSplit;
  coco.replace(coco.find("flickr30k"), 9, "coco");
  use_captions(coco);
  EXPECT_THAT(error(), HasSubstr("\"dataset\": \"flickr30k\", got \"coco\""));
}

TEST_F(Flickr30k, ListedImagesOnly) {
  use_captions(kTokens);
  write_file(path("train.txt"), "8\n9\n");
  files_.ids = path("train.txt");
  EXPECT_THAT(error(),
              HasSubstr("listed images without captions: expected none, got 1, such as 9"));
  options_.tolerance.skip_unmatched = true;
  const auto records = converted();
  EXPECT_EQ(records.facts.size(), 1U);
  EXPECT_THAT(records.left_out, ElementsAre(Pair("listed images without captions", 1)));
}

TEST_F(Flickr30k, DrawsDependOnSeedAndImageAlone) {
  std::vector<std::string> lines;
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 5; ++j) {
      lines.push_back(std::to_string(i) + ".jpg#" + std::to_string(j) + "\ta\n");
    }
  }
  const auto ids = [&] {
    std::string text;
    for (const auto& line : lines) text += line;
    use_captions(text);
    std::vector<std::string> result;
    for (const auto& c : converted().conversations) result.push_back(c.id);
    return result;
  };
  const auto first = ids();
  EXPECT_EQ(first.size(), 20U);
  std::set<char> numbers;
  for (const auto& id : first) numbers.insert(id.back());
  EXPECT_EQ(numbers.size(), 5U);
  std::reverse(lines.begin(), lines.end());
  EXPECT_EQ(ids(), first);
  options_.captions_per_image = 3;
  EXPECT_EQ(ids().size(), 60U);
  options_.max_conversations = 7;
  EXPECT_EQ(ids().size(), 7U);
  options_ = {.seed = 1};
  EXPECT_NE(ids(), first);
}

TEST_F(Flickr30k, ReportsAllProblemsTogether) {
  use_entities();
  write_file(path("Sentences/8.txt"), "[/EN#1 A man] .\nFine <image> .\n[/EN#1/people ok] .\n");
  write_file(path("Sentences/9.txt"), "\n");
  write_file(path("Annotations/7.xml"), "<annotation>\n<size>");
  const auto text = error();
  EXPECT_THAT(text, HasSubstr("[data] converting Flickr30k"));
  EXPECT_THAT(text, HasSubstr("5 problems"));
  EXPECT_THAT(text, HasSubstr("8.txt:1: expected phrases like"));
  EXPECT_THAT(text, HasSubstr("8.txt:2: expected no <image> in a caption"));
  EXPECT_THAT(text, HasSubstr("7.xml: line 2: expected </size>"));
  EXPECT_THAT(text, HasSubstr("images without captions: expected none, got 1, such as 9"));
  EXPECT_THAT(text, HasSubstr("images without a file of boxes: expected none, got 1"));

  use_captions("no tab\n8.jpg#x\ta\n8.jpg#0\ta\n8.jpg#0\tb\n9.jpg#0\t \n#1\ta");
  const auto tokens = error();
  EXPECT_THAT(tokens, HasSubstr("5 problems"));
  EXPECT_THAT(tokens, HasSubstr("captions:1: expected IMAGE.jpg#NUMBER, a tab and a caption"));
  EXPECT_THAT(tokens, HasSubstr("captions:2: expected IMAGE.jpg#NUMBER"));
  EXPECT_THAT(tokens, HasSubstr("captions:4: expected one caption 0 of image 8, got another"));
  EXPECT_THAT(tokens,
              HasSubstr("empty captions: expected none, got 1, such as caption 0 of image 9"));
}

TEST_F(Flickr30k, RefusesImagesThatAreNotThereUnlessAllowed) {
  use_captions(kTokens);
  write_file(path("7.jpg"), "");
  options_.tolerance.image_folder = folder_.string();
  EXPECT_THAT(error(), HasSubstr("images that are not there: expected none, got 1"));
  options_.tolerance.skip_missing_images = true;
  EXPECT_EQ(converted().conversations.size(), 1U);
}

TEST_F(Flickr30k, RefusesFilesAndOptionsThatDoNotGoTogether) {
  EXPECT_THAT(error<ConfigError>(), HasSubstr("got neither"));
  files_ = {.sentences = "a", .captions = "b"};
  EXPECT_THAT(error<ConfigError>(), HasSubstr("got both"));
  use_captions(kTokens);
  files_.annotations = "a";
  EXPECT_THAT(error<ConfigError>(), HasSubstr("--sentences with --annotations"));
  use_captions(kTokens);
  options_.split = "train";
  EXPECT_THAT(error<ConfigError>(), HasSubstr("dataset_flickr30k.json with --split"));
  options_ = {.digits = 7};
  EXPECT_THAT(error<ConfigError>(), HasSubstr("1 to 6 digits, got 7"));
  options_ = {};
  files_ = {.sentences = path("none")};
  EXPECT_THAT(error<IoError>(), HasSubstr("a folder of .txt files"));
  use_captions("");
  EXPECT_THAT(error(), HasSubstr("at least one image with captions, got none"));
  use_captions(R"({"questions": [{"question_id": 1}]})");
  EXPECT_THAT(error(), HasSubstr("got VQA-v2 questions"));
}

}  // namespace
}  // namespace plumbline::data
