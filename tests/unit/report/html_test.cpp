#include "plumbline/report/html.h"

#include <gtest/gtest.h>

namespace plumbline::report {
namespace {

TEST(Html, Escapes) { EXPECT_EQ(escape("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;"); }

TEST(Html, MarksRangesInAnyOrderAndCutsThem) {
  EXPECT_EQ(marked("a<b c", {{4, 99}, {0, 1}}), "<mark>a</mark>&lt;b <mark>c</mark>");
  EXPECT_EQ(marked("abc", {{0, 2}, {1, 3}}), "<mark>ab</mark><mark>c</mark>");
  EXPECT_EQ(marked("abc", {{9, 12}}), "abc");
  EXPECT_EQ(marked("", {}), "");
}

TEST(Html, TableHasAHeading) {
  EXPECT_EQ(
      table({{"a"}, {"1"}}),
      "<div class=\"wide\"><table><tr><th>a</th></tr>\n<tr><td>1</td></tr>\n</table></div>\n");
}

}  // namespace
}  // namespace plumbline::report
