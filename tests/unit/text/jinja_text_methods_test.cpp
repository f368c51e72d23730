#include "plumbline/text/jinja_text_methods.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

TEST(JinjaTextMethods, AreFoundByName) {
  ASSERT_NE(text_method("strip"), nullptr);
  EXPECT_EQ(text_method("format"), nullptr);
  EXPECT_TRUE(is_other_text_method("format"));
  EXPECT_FALSE(is_other_text_method("strip"));
  EXPECT_FALSE(is_other_text_method("nosuch"));
}

TEST(JinjaTextMethods, PositionsCountCharacters) {
  EXPECT_EQ(rendered("{{ 'éaéb'.find('b') }}{{ 'éaé'.rfind('é') }}{{ 'abc'.find('c', 0, 2) }}"),
            "32-1");
  EXPECT_EQ(rendered("{{ 'abc'.startswith(('x', 'a')) }}{{ 'abc'.endswith('b', 0, 2) }}"),
            "TrueTrue");
}

TEST(JinjaTextMethods, FaultsAreNamed) {
  EXPECT_THAT(error_of("{{ 'a'.split('') }}"), HasSubstr("a separator"));
  EXPECT_THAT(error_of("{{ 'a'.index('b') }}"), HasSubstr("a part of the text for index"));
  EXPECT_THAT(error_of("{{ ','.join([1]) }}"), HasSubstr("texts to join, got a int"));
  EXPECT_THAT(error_of("{{ '٣'.isdigit() }}"), HasSubstr("ASCII characters"));
  EXPECT_THAT(error_of("{{ ('a'|safe).replace('a', 'b') }}"), HasSubstr("'replace' of plain text"));
}

}  // namespace
}  // namespace plumbline::text::jinja
