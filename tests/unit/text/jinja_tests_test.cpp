#include "plumbline/text/jinja_tests.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

TEST(JinjaTests, AreAppliedByName) {
  Plenty plenty;
  EXPECT_TRUE(apply_test(plenty.budget, "odd", Value(int64_t{3}), {}));
  EXPECT_TRUE(apply_test(plenty.budget, "eq", Value(1.0), {{Value(int64_t{1})}, {}}));
  EXPECT_FALSE(apply_test(plenty.budget, "mapping", Value("a"), {}));
  EXPECT_EQ(find_test("nosuch"), nullptr);
}

TEST(JinjaTests, FaultsAreNamed) {
  Plenty plenty;
  const auto fault = [&](const char* name, const Arguments& arguments) {
    return fault_of([&] { apply_test(plenty.budget, name, Value("a"), arguments); });
  };
  EXPECT_EQ(fault("nosuch", {}), "a test that is supported, got 'nosuch'");
  EXPECT_EQ(fault("string", {{Value()}, {}}), "0 arguments for the test 'string', got 1");
  EXPECT_EQ(fault("eq", {{}, {{"b", Value()}}}), "unnamed arguments for the test 'eq', got 'b'");
}

}  // namespace
}  // namespace plumbline::text::jinja
