#include "plumbline/eval/python_number.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plumbline::eval {
namespace {

TEST(PythonNumber, ReadsWhatFloatReads) {
  EXPECT_EQ(python_float("8"), 8);
  EXPECT_EQ(python_float("6.5"), 6.5);
  EXPECT_EQ(python_float("1e1"), 10);
  EXPECT_EQ(python_float("-.5"), -0.5);
  EXPECT_EQ(python_float("+5."), 5);
  EXPECT_EQ(python_float("\t7\r"), 7);
  EXPECT_EQ(python_float("1_000.5"), 1000.5);
  EXPECT_EQ(python_float("1e+0_2"), 100);
  EXPECT_TRUE(std::isnan(*python_float("NaN")));
  EXPECT_EQ(python_float("-Infinity"), -INFINITY);
}

TEST(PythonNumber, RefusesWhatFloatRefuses) {
  for (const char* text : {"", " ", "nine", "8/10", "1 2", "0x10", ".", "e5", "1e", "_1", "1_",
                           "1__0", "1_.5", "--1", "8,9", "infinite", "1e1.5", "8%"}) {
    EXPECT_FALSE(python_float(text)) << text;
  }
}

TEST(PythonNumber, WritesWhatReprWrites) {
  EXPECT_EQ(python_repr(0.1), "0.1");
  EXPECT_EQ(python_repr(1), "1.0");
  EXPECT_EQ(python_repr(0.68), "0.68");
  EXPECT_EQ(python_repr(1e-5), "1e-05");
  EXPECT_EQ(python_repr(0.0001), "0.0001");
  EXPECT_EQ(python_repr(1e16), "1e+16");
}

}  // namespace
}  // namespace plumbline::eval
