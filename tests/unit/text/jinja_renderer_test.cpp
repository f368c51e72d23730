#include "plumbline/text/jinja_renderer.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

TEST(JinjaRenderer, ScopesOfLoopsEndWithTheRound) {
  EXPECT_EQ(rendered("{% set x = 0 %}{% for i in [1, 2] %}{{ x }}{% set x = i %}{{ x }}{% endfor %}"
                     "{{ x }}"),
            "01020");
}

TEST(JinjaRenderer, MacrosSeeWhatIsAroundThem) {
  EXPECT_EQ(rendered("{% macro m(a, b=1) %}{{ a }}{{ b }}{{ x }}{% endmacro %}{% set x = 5 %}"
                     "{{ m(2) }} {{ m(b=3, a=4) }}"),
            "215 435");
  EXPECT_EQ(rendered("{% macro m(q=q) %}[{{ q }}]{% endmacro %}{{ m() }}", {{"q", 1}}), "[]");
}

TEST(JinjaRenderer, MacrosDoNotOutliveTheirBlock) {
  EXPECT_THAT(error_of("{% set ns = namespace() %}{% for i in [1] %}{% macro m() %}{% endmacro %}"
                       "{% set ns.m = m %}{% endfor %}{{ ns.m() }}"),
              HasSubstr("a macro called inside the block that defines it, got m"));
}

TEST(JinjaRenderer, StepsAreLimited) {
  const ChatTemplateLimits few{.steps = 1000};
  EXPECT_THAT(error_of("{% for i in range(1000) %}{{ i }}{% endfor %}", few),
              HasSubstr("at most 1000 steps"));
  // Equality of values that share their parts.
  std::string source = "{% set a = [1] %}{% set b = [1] %}";
  for (int i = 0; i < 40; ++i) source += "{% set a = [a, a] %}{% set b = [b, b] %}";
  EXPECT_THAT(error_of(source + "{{ a == b }}"), HasSubstr("at most 5000000 steps"));
}

TEST(JinjaRenderer, TextIsLimited) {
  const ChatTemplateLimits few{.text_bytes = 1000};
  EXPECT_THAT(error_of("{% for i in range(200) %}12345678{% endfor %}", few),
              HasSubstr("at most 1000 bytes of text"));
  EXPECT_THAT(error_of("{% set ns = namespace(x='x') %}{% for i in range(99) %}"
                       "{% set ns.x = ns.x ~ ns.x %}{% endfor %}"),
              HasSubstr("bytes of text"));
}

TEST(JinjaRenderer, RecursionIsLimited) {
  EXPECT_THAT(error_of("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
              HasSubstr("at most 600 levels of recursion"));
  // Iterators of iterators.
  EXPECT_THAT(error_of("{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}"
                       "{% set ns.x = ns.x|map('string') %}{% endfor %}{{ ns.x|list }}"),
              HasSubstr("levels of nested values"));
}

// Lists of namespaces of lists may be deep; they are taken apart one by one.
TEST(JinjaRenderer, ChainsOfNamespacesAreFreed) {
  EXPECT_EQ(rendered("{% set ns = namespace(last=namespace()) %}{% for i in range(5000) %}"
                     "{% set next = namespace() %}{% set last = ns.last %}"
                     "{% set last.next = next %}{% set ns.last = next %}{% endfor %}x"),
            "x");
}

TEST(JinjaRenderer, AssignmentsAreChecked) {
  EXPECT_THAT(error_of("{% set a, b = [1] %}"), HasSubstr("2 values to assign, got 1"));
  EXPECT_THAT(error_of("{% set a = {} %}{% set a.b = 1 %}"), HasSubstr("a namespace as 'a'"));
  EXPECT_THAT(error_of("{{ 'a'() }}"), HasSubstr("something that can be called, got a str"));
}

}  // namespace
}  // namespace plumbline::text::jinja
