#include "plumbline/text/jinja_expression_parser.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;
using Kind = Expression::Kind;

ExpressionPtr parse(const std::string& text, int64_t max_nesting = 200) {
  ExpressionParser parser(tokenize("{{ " + text + " }}"), max_nesting);
  parser.next();  // the opening of the tag
  return parser.tuple();
}

TEST(JinjaExpressionParser, PrecedenceIsJinjas) {
  const ExpressionPtr sum = parse("1 + 2 * 3");
  EXPECT_EQ(sum->name, "+");
  EXPECT_EQ(sum->operands[1]->name, "*");
  // Python would negate the power.
  EXPECT_EQ(parse("-2 ** 2")->operands[0]->kind, Kind::Negative);
  EXPECT_EQ(parse("2 ** 3 ** 2")->operands[0]->name, "**");
  // Filters bind tighter than operators, a test tighter than `not`.
  EXPECT_EQ(parse("a + b|trim")->operands[1]->kind, Kind::Filter);
  EXPECT_EQ(parse("not a is defined")->operands[0]->kind, Kind::Test);
  EXPECT_EQ(parse("a is not defined")->kind, Kind::Not);
}

TEST(JinjaExpressionParser, TuplesListsAndSlices) {
  EXPECT_EQ(parse("a, b")->kind, Kind::Tuple);
  EXPECT_EQ(parse("(a)")->kind, Kind::Name);
  EXPECT_EQ(parse("()")->kind, Kind::Tuple);
  const ExpressionPtr slice = parse("a[::-1]");
  EXPECT_EQ(slice->kind, Kind::Slice);
  EXPECT_EQ(slice->operands[1], nullptr);
  EXPECT_EQ(slice->operands[3]->kind, Kind::Negative);
  EXPECT_EQ(parse("a[1, 2]")->operands[1]->kind, Kind::Tuple);
}

TEST(JinjaExpressionParser, NamesOfFiltersAndTestsAreChecked) {
  EXPECT_EQ(fault_of([] { parse("a|center(3)"); }), "a filter that is supported, got 'center'");
  EXPECT_EQ(fault_of([] { parse("a is sameas b"); }), "a test that is supported, got 'sameas'");
  EXPECT_EQ(fault_of([] { parse("a|map('xmlattr')"); }),
            "a filter that is supported, got 'xmlattr'");
  EXPECT_EQ(fault_of([] { parse("a|select('escaped')"); }),
            "a test that is supported, got 'escaped'");
  EXPECT_EQ(fault_of([] { parse("a|selectattr('b', 'escaped')"); }),
            "a test that is supported, got 'escaped'");
}

TEST(JinjaExpressionParser, UnpackedArgumentsAreRefused) {
  EXPECT_THAT(fault_of([] { parse("f(*a)"); }), HasSubstr("not supported, got '*'"));
  EXPECT_THAT(fault_of([] { parse("f(**a)"); }), HasSubstr("not supported, got '**'"));
  EXPECT_THAT(fault_of([] { parse("f(a=1, 2)"); }), HasSubstr("a named argument"));
}

TEST(JinjaExpressionParser, NestingIsLimited) {
  const std::string brackets = std::string(50, '(') + "1" + std::string(50, ')');
  EXPECT_THAT(fault_of([&] { parse(brackets, 40); }), HasSubstr("at most 40 levels of nesting"));
  std::string chain = "1";
  for (int i = 0; i < 50; ++i) chain += "+1";
  EXPECT_THAT(fault_of([&] { parse(chain, 40); }), HasSubstr("at most 40 levels of nesting"));
  EXPECT_EQ(fault_of([&] { parse(chain, 200); }), "no fault");
  EXPECT_THAT(fault_of([&] { parse(std::string(5000, '-') + "1"); }), HasSubstr("nesting"));
}

TEST(JinjaExpressionParser, TargetsAreNames) {
  ExpressionParser parser(tokenize("{% a, (b, c), n.d = %}"), 200);
  parser.next();
  const Target target = parser.target(/*with_attributes=*/true);
  ASSERT_EQ(target.parts.size(), 3u);
  EXPECT_EQ(target.parts[1].parts[1].name, "c");
  EXPECT_EQ(target.parts[2].attribute, "d");
}

}  // namespace
}  // namespace plumbline::text::jinja
