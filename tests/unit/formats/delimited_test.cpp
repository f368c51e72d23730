#include "plumbline/formats/delimited.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::ElementsAre;
using testing::HasSubstr;
using Cells = std::vector<std::string>;

std::vector<Cells> rows_of(std::string_view text, char separator = ',') {
  DelimitedReader reader(text, separator, "t.csv");
  std::vector<Cells> rows;
  for (Cells cells; reader.next(cells);) rows.push_back(cells);
  return rows;
}

TEST(Delimited, SplitsCellsAndLines) {
  EXPECT_THAT(rows_of("a,b\n1,\n"), ElementsAre(Cells{"a", "b"}, Cells{"1", ""}));
  EXPECT_THAT(rows_of("a\tb,c\n", '\t'), ElementsAre(Cells{"a", "b,c"}));
  EXPECT_THAT(rows_of("a,b\r\n1,2\r3,4"),
              ElementsAre(Cells{"a", "b"}, Cells{"1", "2"}, Cells{"3", "4"}));
  EXPECT_TRUE(rows_of("").empty());
}

TEST(Delimited, QuotesHoldSeparatorsLineEndsAndQuotes) {
  EXPECT_THAT(rows_of("\"a,b\",\"c\r\nd\",\"\"\"e\"\"\"\n\"\",x\n"),
              ElementsAre(Cells{"a,b", "c\r\nd", "\"e\""}, Cells{"", "x"}));
  EXPECT_THAT(rows_of("5\" pipe,a \"b\"\n"), ElementsAre(Cells{"5\" pipe", "a \"b\""}));
  EXPECT_THAT(rows_of("\"a\"b\"c\",d\n"), ElementsAre(Cells{"ab\"c\"", "d"}));
}

TEST(Delimited, PassesOverBlankLinesAndTheByteOrderMark) {
  EXPECT_THAT(rows_of("\xEF\xBB\xBF\n  \na,b\n\n\r\n1,2\n\n"),
              ElementsAre(Cells{"a", "b"}, Cells{"1", "2"}));
  EXPECT_THAT(rows_of("\"a\"\n\"\"\nb\n"), ElementsAre(Cells{"a"}, Cells{""}, Cells{"b"}));
}

TEST(Delimited, KeepsTheTextOfWantedCellsOnly) {
  DelimitedReader reader("1,\"big\npicture\",3\n4,\xFF,6\n", ',', "t.csv");
  Cells cells;
  ASSERT_TRUE(reader.next(cells, {true, false, true}));
  EXPECT_THAT(cells, ElementsAre("1", "", "3"));
  ASSERT_TRUE(reader.next(cells, {true, false}));
  EXPECT_THAT(cells, ElementsAre("4", "", ""));
  EXPECT_EQ(reader.where(), "t.csv:3");
}

TEST(Delimited, RefusalsNameTheLine) {
  EXPECT_THAT(error_text<DataError>([] { rows_of("a,b\n1,\"x\n\n"); }),
              testing::AllOf(HasSubstr("never ends"), HasSubstr("t.csv:2")));
  EXPECT_THAT(error_text<DataError>([] { rows_of("a\n\"x\ny\"\ncaf\xE9\n"); }),
              testing::AllOf(HasSubstr("UTF-8"), HasSubstr("t.csv:4")));
  for (const char* text : {"\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF5\x80\x80\x80", "\x80"}) {
    EXPECT_THAT(error_text<DataError>([&] { rows_of(text); }), HasSubstr("UTF-8"));
  }
  EXPECT_THAT(error_text<DataError>([] { rows_of(std::string("\xFF\xFE") + "a"); }),
              HasSubstr("UTF-16"));
  EXPECT_EQ(rows_of("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80")[0][0].size(), 11u);
}

}  // namespace
}  // namespace plumbline::formats
