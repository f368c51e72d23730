#include "plumbline/text/jinja_methods.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

TEST(JinjaMethods, DictMethodsStandBeforeItsKeys) {
  EXPECT_EQ(rendered("{{ d.keys()|list }}{{ d['keys'] }}{{ d.get('keys') }}{{ d.other }}",
                     {{"d", {{"keys", 1}}}}),
            "['keys']11");
}

TEST(JinjaMethods, WhatChangesAValueIsUndefined) {
  EXPECT_EQ(rendered("{{ [1].append is defined }}{{ {}.update is defined }}"), "FalseFalse");
  EXPECT_THAT(error_of("{{ [1].append(2) }}"), HasSubstr("got 'append', which changes a list"));
}

TEST(JinjaMethods, OtherAttributesOfPythonAreRefusedByName) {
  EXPECT_THAT(error_of("{{ 'a'.format(1) }}"), HasSubstr("'format' of a str"));
  EXPECT_THAT(error_of("{{ (5).real }}"), HasSubstr("'real' of a int"));
  EXPECT_THAT(error_of("{{ (5.0).is_integer() }}"), HasSubstr("'is_integer' of a float"));
  EXPECT_THAT(error_of("{{ {}.fromkeys([1]) }}"), HasSubstr("'fromkeys' of a dict"));
  EXPECT_THAT(error_of("{{ {}.keys().isdisjoint([]) }}"), HasSubstr("'isdisjoint' of a dict_keys"));
  EXPECT_EQ(rendered("{{ 'a'.nosuch }}{{ (5).nosuch }}"), "");
}

}  // namespace
}  // namespace plumbline::text::jinja
