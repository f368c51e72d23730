#include "plumbline/formats/xml_events.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::AllOf;
using testing::HasSubstr;

class Recorder : public XmlVisitor {
 public:
  std::string seen;
  void begin(std::string_view element, const Attributes& attributes) override {
    seen += "<" + std::string(element);
    for (const auto& [name, value] : attributes) seen += " " + name + "=" + value;
    seen += ">";
    if (element == "bad") throw DataError({.component = "test", .doing = "stopping"});
  }
  void end(std::string_view element) override { seen += "</" + std::string(element) + ">"; }
  void text(std::string_view characters) override { seen += characters; }
};

std::string events(std::string_view text) {
  Recorder recorder;
  read_xml(text, "part", recorder);
  return recorder.seen;
}

TEST(XmlEvents, TellElementsWithoutPrefixesAndText) {
  EXPECT_EQ(
      events("<?xml version=\"1.0\"?><x:a b='1' r:id=\"q\">t &lt;&#65;&amp;<![CDATA[<]]></x:a>"),
      "<a b=1 id=q>t <A&<</a>");
}

TEST(XmlEvents, RefuseWhatIsBrokenAndDocumentTypes) {
  EXPECT_THAT(error_text<DataError>([] { events("<a>\n<b></a>"); }),
              AllOf(HasSubstr("part"), HasSubstr("line 2")));
  EXPECT_THAT(error_text<DataError>([] { events("<a>"); }), HasSubstr("part"));
  EXPECT_THAT(error_text<DataError>([] { events(""); }), HasSubstr("part"));
  EXPECT_THAT(
      error_text<DataError>([] { events("<!DOCTYPE a [<!ENTITY e \"eeee\">]><a>&e;&e;</a>"); }),
      HasSubstr("document type"));
}

TEST(XmlEvents, WhatTheVisitorThrowsComesOut) {
  EXPECT_THAT(error_text<DataError>([] { events("<a><bad/></a>"); }), HasSubstr("stopping"));
}

}  // namespace
}  // namespace plumbline::formats
