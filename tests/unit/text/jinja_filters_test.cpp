#include "plumbline/text/jinja_filters.h"

#include <gmock/gmock.h>

#include "plumbline/text/jinja_print.h"
#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

TEST(JinjaFilters, AreAppliedByName) {
  Plenty plenty;
  EXPECT_EQ(str(plenty.budget, apply_filter(plenty.budget, "trim", Value(" a "), {})), "a");
  EXPECT_EQ(find_filter("nosuch"), nullptr);
  EXPECT_NE(find_filter("selectattr"), nullptr);
  EXPECT_EQ(find_sequence_filter("trim"), nullptr);
  EXPECT_EQ(fault_of([&] { apply_filter(plenty.budget, "nosuch", Value(), {}); }),
            "a filter that is supported, got 'nosuch'");
}

TEST(JinjaFilters, IteratorsWorkItemByItem) {
  EXPECT_EQ(rendered("{{ [1, 2, 'x']|map('abs')|first }}"), "1");
  EXPECT_THAT(error_of("{{ [1, 2, 'x']|map('abs')|list }}"), HasSubstr("a number for abs"));
  EXPECT_THAT(error_of("{{ [1]|map('string') }}"), HasSubstr("prints as an address"));
}

TEST(JinjaFilters, TextMarkedSafeEscapesWhatIsAdded) {
  EXPECT_EQ(rendered("{{ '<'|safe + '<' }}{{ '<'|e }}{{ '<'|safe ~ '<' }}"), "<&lt;&lt;<<");
}

TEST(JinjaFilters, HugeResultsAreRefused) {
  EXPECT_THAT(error_of("{{ 'a\nb'|indent(999999999999) }}"), HasSubstr("bytes of text"));
  EXPECT_THAT(error_of("{{ [1]|tojson(indent=999999999999) }}"), HasSubstr("bytes of text"));
  EXPECT_THAT(error_of("{{ ('x' * 100000)|replace('x', 'y' * 100000) }}"),
              HasSubstr("bytes of text"));
  EXPECT_THAT(error_of("{{ 1e300|int }}"), HasSubstr("integers of 64 bits"));
}

}  // namespace
}  // namespace plumbline::text::jinja
