#include "plumbline/formats/xlsx_cell.h"

#include <gtest/gtest.h>

namespace plumbline::formats {
namespace {

TEST(XlsxCell, PlacesByName) {
  EXPECT_EQ(cell_place("B7")->column, 1u);
  EXPECT_EQ(cell_place("B7")->row, 7u);
  EXPECT_EQ(cell_place("AA1")->column, 26u);
  EXPECT_EQ(cell_place("XFD1048576")->column, 16'383u);
  for (const char* name : {"", "B", "7", "B0", "b7", "XFE1", "A1048577", "A1x", "A-1",
                           "AAAAAAAAAAAAAAAAAAAAAAAA1", "A99999999999999999999"}) {
    EXPECT_FALSE(cell_place(name)) << name;
  }
}

TEST(XlsxCell, DecodesEscapes) {
  EXPECT_EQ(decode_escapes("a_x000D_\nb"), "a\r\nb");
  EXPECT_EQ(decode_escapes("_x005F_x000D_"), "_x000D_");
  EXPECT_EQ(decode_escapes("_xD83D__xDE00_"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(decode_escapes("_xD83D_!_xDE00_"), "\xEF\xBF\xBD!\xEF\xBF\xBD");
  EXPECT_EQ(decode_escapes("_x00e9_ _x20AC_"), "\xC3\xA9 \xE2\x82\xAC");
  for (const char* plain :
       {"", "_", "_x", "_x000D", "_x00G0_", "snake_case_", "_X000D_", "_x-001_"}) {
    EXPECT_EQ(decode_escapes(plain), plain);
  }
}

TEST(XlsxCell, NumbersAsPythonWritesThem) {
  EXPECT_EQ(number_text("3"), "3");
  EXPECT_EQ(number_text("3.0"), "3");
  EXPECT_EQ(number_text("-0.5"), "-0.5");
  EXPECT_EQ(number_text("0.10000000000000001"), "0.1");
  EXPECT_EQ(number_text("1E+6"), "1000000");
  EXPECT_EQ(number_text("1e-7"), "1e-07");
  EXPECT_EQ(number_text("123456789012345678901"), "123456789012345678901");
  for (const char* text : {"", "x", "1 2", "nan", "inf", "1e999", "0x10"}) {
    EXPECT_FALSE(number_text(text)) << text;
  }
}

}  // namespace
}  // namespace plumbline::formats
