#include "plumbline/text/jinja_parser.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;
using Kind = Statement::Kind;

std::string fault(const std::string& source) {
  return fault_of([&] { parse(source, {}); });
}

TEST(JinjaParser, StatementsAndTheirParts) {
  const Block block = parse("x{% for a in b if c %}1{% else %}2{% endfor %}{{ d }}", {});
  ASSERT_EQ(block.size(), 3u);
  EXPECT_EQ(block[0].kind, Kind::Text);
  EXPECT_EQ(block[1].kind, Kind::For);
  EXPECT_EQ(block[1].target.name, "a");
  EXPECT_NE(block[1].condition, nullptr);
  EXPECT_EQ(block[1].otherwise.size(), 1u);
  EXPECT_EQ(block[2].kind, Kind::Output);
}

TEST(JinjaParser, ElifAndElseAreBranches) {
  const Block block = parse("{% if a %}{% elif b %}{% else %}{% endif %}", {});
  ASSERT_EQ(block[0].branches.size(), 3u);
  EXPECT_EQ(block[0].branches[2].condition, nullptr);
}

TEST(JinjaParser, MacrosKnowWhetherTheyTakeMore) {
  const Block block = parse(
      "{% macro a() %}{{ varargs }}{% endmacro %}"
      "{% macro b() %}{% macro c() %}{{ kwargs }}{% endmacro %}{% endmacro %}",
      {});
  EXPECT_TRUE(block[0].takes_more_positional);
  EXPECT_FALSE(block[0].takes_more_named);
  EXPECT_TRUE(block[1].takes_more_named);
}

TEST(JinjaParser, OtherTagsAreRefusedByName) {
  for (const char* tag :
       {"block x", "extends 'x'", "include 'x'", "import 'x' as y", "from 'x' import y", "call x()",
        "autoescape true", "print x", "do x", "trans"}) {
    const std::string name = std::string(tag).substr(0, std::string(tag).find(' '));
    EXPECT_EQ(fault("{% " + std::string(tag) + " %}"),
              "a tag that is supported, got '" + name + "'");
  }
}

TEST(JinjaParser, OtherFormsAreRefusedByName) {
  EXPECT_THAT(fault("{% for a in b recursive %}{% endfor %}"), HasSubstr("not recursive"));
  EXPECT_THAT(fault("{% macro m() %}{{ caller() }}{% endmacro %}"), HasSubstr("'caller'"));
  EXPECT_THAT(fault("{% macro m(a, a) %}{% endmacro %}"), HasSubstr("'a' twice"));
  EXPECT_THAT(fault("{% macro m(kwargs) %}{% endmacro %}"), HasSubstr("'kwargs'"));
}

TEST(JinjaParser, OpenAndStrayTagsAreNamed) {
  EXPECT_THAT(fault("{% if a %}x"), HasSubstr("'{% endif %}', got the end of the template"));
  EXPECT_THAT(fault("{% endfor %}"), HasSubstr("got 'endfor'"));
  EXPECT_THAT(fault("{% break %}"), HasSubstr("a loop around 'break'"));
  EXPECT_THAT(fault("{% for i in a %}{% set loop = 1 %}{% endfor %}"), HasSubstr("'loop'"));
}

TEST(JinjaParser, LinesAreKnown) {
  try {
    parse("a\n\n{% nosuch %}", {});
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.line, 3);
  }
}

TEST(JinjaParser, NestedTagsAreLimited) {
  std::string source;
  for (int i = 0; i < 300; ++i) source += "{% if a %}";
  EXPECT_THAT(fault(source), HasSubstr("at most 200 levels of nesting"));
}

}  // namespace
}  // namespace plumbline::text::jinja
