#include "plumbline/data/flickr30k_entities.h"

#include <gmock/gmock.h>

#include "tests/support/scratch.h"

namespace plumbline::data {
namespace {

using testing::HasSubstr;

TEST(EntityPhrases, AreCutAtTheBrackets) {
  const auto phrases = entity_phrases(
      "[/EN#1/people Two men] smile at [/EN#0/notvisual it] [/EN#22/animals/other a dog] .");
  ASSERT_EQ(phrases.size(), 5U);
  EXPECT_EQ(phrases[0].text, "Two men");
  EXPECT_EQ(phrases[0].entity, "1");
  EXPECT_EQ(phrases[1].text, "smile at");
  EXPECT_EQ(phrases[1].entity, "");
  EXPECT_EQ(phrases[2].entity, "0");
  EXPECT_EQ(phrases[3].text, "a dog");
  EXPECT_EQ(phrases[3].entity, "22");
  EXPECT_EQ(phrases[4].text, ".");
  EXPECT_EQ(entity_phrases("A sign says [ STOP ] .").size(), 1U);
}

TEST(EntityPhrases, RefuseBracketsThatDoNotFit) {
  for (const char* line :
       {"[/EN#1/people Two men", "[/EN#1 Two men]", "[/EN#/people a]", "[/EN#1/people]", "[/EN#"}) {
    EXPECT_THAT(support::error_text<std::invalid_argument>([&] { entity_phrases(line); }),
                HasSubstr("expected phrases like [/EN#1/people Two men]"))
        << line;
  }
}

TEST(WrittenText, HasNoSpaceBeforeMarks) {
  EXPECT_EQ(written_text(" A man 's  dog , ( old ) , barks . "), "A man's dog, (old), barks.");
  EXPECT_EQ(written_text(""), "");
}

constexpr const char* kXml = R"(<?xml version="1.0"?>
<!-- boxes -->
<annotation>
  <filename>7.jpg</filename>
  <size><width>400</width><height>200</height><depth>3</depth></size>
  <empty/>
  <object><name>1</name><name>2</name>
    <bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>
  <object><name>1</name>
    <bndbox><xmin>50</xmin><ymin>60</ymin><xmax>70</xmax><ymax>80</ymax></bndbox></object>
  <object><name>3</name><scene>1</scene><nobox>1</nobox></object>
</annotation>
)";

TEST(EntityBoxesOf, AnAnnotation) {
  const EntityBoxes boxes = entity_boxes(kXml);
  EXPECT_EQ(boxes.width, 400);
  EXPECT_EQ(boxes.height, 200);
  ASSERT_EQ(boxes.boxes.size(), 2U);
  ASSERT_EQ(boxes.boxes.at("1").size(), 2U);
  EXPECT_EQ(boxes.boxes.at("1")[1].left, 50);
  EXPECT_EQ(boxes.boxes.at("1")[1].top, 60);
  EXPECT_EQ(boxes.boxes.at("2")[0].right, 30);
  EXPECT_EQ(boxes.boxes.at("2")[0].bottom, 40);
}

std::string error_of(const std::string& xml) {
  return support::error_text<std::invalid_argument>([&] { entity_boxes(xml); });
}

TEST(EntityBoxesOf, WhatIsNotWellFormed) {
  EXPECT_THAT(error_of(""), HasSubstr("line 1: expected <annotation>"));
  EXPECT_THAT(error_of("<html></html>"), HasSubstr("expected <annotation>"));
  EXPECT_THAT(error_of("<annotation>\n<size>"), HasSubstr("line 2: expected </size>"));
  EXPECT_THAT(error_of("<annotation></annotation>"), HasSubstr("a <size>"));
  EXPECT_THAT(error_of("<annotation><size><width>0</width></size></annotation>"),
              HasSubstr("a width and a height above 0"));
  EXPECT_THAT(error_of("<annotation><size><width>4x</width></size></annotation>"),
              HasSubstr("a whole number in <width>"));
  EXPECT_THAT(error_of("<annotation><object></object></annotation>"), HasSubstr("a <name>"));
  EXPECT_THAT(error_of("<annotation><object><name>1</name><bndbox><xmin>1</xmin></bndbox>"),
              HasSubstr("a box of four sides in order"));
  EXPECT_THAT(error_of("<annotation"), HasSubstr("'>' at the end of a tag"));
  EXPECT_THAT(error_of("<!-- x"), HasSubstr("'-->'"));
  EXPECT_THAT(error_of(std::string(kXml) + "x"), HasSubstr("line 13: expected the end"));
  std::string deep = "<annotation>";
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  EXPECT_THAT(error_of(deep), HasSubstr("fewer nested elements"));
  // Every prefix is refused, none crashes.
  const std::string xml = kXml;
  for (size_t size = 0; size + 2 < xml.size(); ++size) error_of(xml.substr(0, size));
}

}  // namespace
}  // namespace plumbline::data
