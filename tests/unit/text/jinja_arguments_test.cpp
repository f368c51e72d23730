#include "plumbline/text/jinja_arguments.h"

#include <gtest/gtest.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

Bound bound(const Arguments& arguments) { return Bound("f", arguments, {"", "b", "c"}, 1); }

TEST(JinjaArguments, AreMatchedByPlaceAndName) {
  const Arguments arguments{{Value("x")}, {{"c", Value(int64_t{3})}}};
  const Bound b = bound(arguments);
  EXPECT_EQ(b.text(0), "x");
  EXPECT_EQ(b.get(1), nullptr);
  EXPECT_TRUE(b.or_none(1).is_none());
  EXPECT_EQ(b.integer(2, 0), 3);
  EXPECT_EQ(b.integer(1, 7), 7);
  EXPECT_TRUE(b.flag(2, false));
}

TEST(JinjaArguments, FaultsNameTheFunction) {
  const Value x("x");
  EXPECT_EQ(fault_of([&] { bound({}); }), "1 arguments for f, got 0");
  EXPECT_EQ(fault_of([&] { bound({{x, x, x, x}, {}}); }), "at most 3 arguments for f, got 4");
  EXPECT_EQ(fault_of([&] { bound({{x}, {{"d", x}}}); }), "arguments that it takes for f, got 'd'");
  EXPECT_EQ(fault_of([&] {
              bound({{x, x}, {{"b", x}}});
            }),
            "every argument once for f, got 'b' twice");
  const Arguments texts{{x}, {}};
  EXPECT_EQ(fault_of([&] { bound(texts).integer(0, 0); }), "an integer for f, got a str");
}

}  // namespace
}  // namespace plumbline::text::jinja
