#include "plumbline/text/jinja_functions.h"

#include <gmock/gmock.h>

#include "plumbline/text/jinja_print.h"
#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::HasSubstr;

class JinjaFunctions : public testing::Test, protected Plenty {
 protected:
  std::string call(const std::string& name, std::vector<Value> arguments) {
    const auto function = global_function(globals, name);
    return str(budget, function->as_callable()->call({std::move(arguments), {}}));
  }
  static std::tm march() {
    std::tm time{};
    time.tm_mday = 7, time.tm_mon = 2, time.tm_year = 126;
    return time;
  }
  Globals globals{budget, march()};
};

TEST_F(JinjaFunctions, AreFoundByName) {
  EXPECT_FALSE(global_function(globals, "nosuch").has_value());
  EXPECT_EQ(call("range", {Value(int64_t{3})}), "range(0, 3)");
  EXPECT_EQ(call("dict", {}), "{}");
  EXPECT_EQ(call("strftime_now", {Value("%d.%m.%Y%z")}), "07.03.2026");
  EXPECT_EQ(call("strftime_now", {Value("")}), "");
}

TEST_F(JinjaFunctions, OthersOfJinjaAreRefusedByName) {
  for (const char* name : {"lipsum", "cycler", "joiner", "self"}) {
    EXPECT_EQ(fault_of([&] { global_function(globals, name); }),
              "functions that are supported, got '" + std::string(name) + "'");
  }
}

TEST_F(JinjaFunctions, RaiseGivesTheMessage) {
  EXPECT_EQ(fault_of([&] { call("raise_exception", {Value("no, \"no\"")}); }),
            "a conversation that the template takes, got no, \"no\"");
}

TEST_F(JinjaFunctions, LongTimesAreRefused) {
  EXPECT_THAT(fault_of([&] { call("strftime_now", {Value("%9999d")}); }), HasSubstr("4000 bytes"));
}

TEST_F(JinjaFunctions, NamespacesThatHoldThemselvesAreFreed) {
  EXPECT_EQ(rendered("{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns.x|length }}"), "1");
  EXPECT_EQ(rendered("{% set ns = namespace() %}{% for i in [1] %}{% set ns.loop = loop %}"
                     "{% for j in [1, 2]|map('default') %}{% set ns.inner = loop.cycle %}"
                     "{% endfor %}{% endfor %}x"),
            "x");
  EXPECT_THAT(error_of("{% for i in range(20000) %}{% set n = namespace() %}{% endfor %}"),
              HasSubstr("at most 10000 namespaces"));
}

}  // namespace
}  // namespace plumbline::text::jinja
