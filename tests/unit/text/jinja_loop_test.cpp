#include "plumbline/text/jinja_loop.h"

#include <gtest/gtest.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

class JinjaLoop : public testing::Test, protected Plenty {
 protected:
  std::shared_ptr<Loop> loop(const char* items, std::optional<int64_t> size = {}) {
    return std::make_shared<Loop>(budget, iterate(budget, Value(items)), size);
  }
  static int64_t number(Loop& loop, const char* name) {
    return loop.attribute(name)->as_integer().value();
  }
};

TEST_F(JinjaLoop, CountsItems) {
  const auto abc = loop("abc", 3);
  abc->advance();
  abc->advance();
  EXPECT_EQ(number(*abc, "index"), 2);
  EXPECT_EQ(number(*abc, "index0"), 1);
  EXPECT_EQ(number(*abc, "revindex"), 2);
  EXPECT_EQ(number(*abc, "revindex0"), 1);
  EXPECT_EQ(*abc->attribute("previtem")->as_text(), "a");
  EXPECT_EQ(*abc->attribute("nextitem")->as_text(), "c");
  EXPECT_FALSE(*abc->attribute("last")->as_bool());
  EXPECT_EQ(*abc->advance()->as_text(), "c");
  EXPECT_TRUE(*abc->attribute("last")->as_bool());
  EXPECT_FALSE(abc->advance().has_value());
  EXPECT_FALSE(abc->attribute("nosuch").has_value());
}

TEST_F(JinjaLoop, LengthOfAnIteratorReadsAhead) {
  const auto abc = loop("abc");
  abc->advance();
  EXPECT_EQ(number(*abc, "length"), 3);
  EXPECT_EQ(abc->text(), "<LoopContext 1/3>");
  EXPECT_EQ(*abc->advance()->as_text(), "b");
}

TEST_F(JinjaLoop, FinishedLoopHoldsNothing) {
  const auto abc = loop("abc");
  abc->advance();
  abc->finish();
  EXPECT_TRUE(*abc->attribute("last")->as_bool());
  EXPECT_EQ(number(*abc, "index"), 1);
  EXPECT_EQ(number(*abc, "length"), 1);
}

}  // namespace
}  // namespace plumbline::text::jinja
