#include "plumbline/formats/table.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"
#include "tests/unit/formats/workbook.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class TableFiles : public support::Scratch {
 protected:
  std::string file(const std::string& bytes) const {
    write_file(path("t"), bytes);
    return path("t");
  }
  std::string refusal(const std::string& bytes) const {
    const std::string name = file(bytes);
    const auto text = error_text<DataError>([&] { read_table(name); });
    EXPECT_THAT(text, HasSubstr(name));
    return text;
  }
};

TEST_F(TableFiles, OneTableInFourForms) {
  const std::string workbook = workbook_of(
      {{"S",
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>index</t></is></c>"
        "<c r=\"B1\" t=\"inlineStr\"><is><t>text</t></is></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>a, b</t></is></c>"
        "</row><row r=\"3\"><c r=\"A3\"><v>2</v></c></row>"}},
      "");
  for (const std::string& bytes :
       {std::string("index\ttext\n1\ta, b\n2\t\n"),
        std::string("index,text\r\n1,\"a, b\"\r\n2,\r\n"),
        std::string("{\"index\":1,\"text\":\"a, b\"}\n{\"index\":2,\"text\":null}\n"),
        std::string("[{\"index\":1,\"text\":\"a, b\"},{\"index\":2,\"text\":\"\"}]"), workbook}) {
    const Table table = read_table(file(bytes));
    EXPECT_THAT(table.columns, ElementsAre("index", "text"));
    ASSERT_EQ(table.rows.size(), 2u);
    EXPECT_THAT(table.rows[0].cells, ElementsAre(Pair("index", "1"), Pair("text", "a, b")));
    EXPECT_THAT(table.rows[1].cells, ElementsAre(Pair("index", "2"), Pair("text", "")));
    EXPECT_EQ(table.rows[0].find("text"), "a, b");
    EXPECT_FALSE(table.rows[1].find("text"));
    EXPECT_FALSE(table.rows[1].find("nothing"));
  }
}

TEST_F(TableFiles, OnlyWantedColumnsAreKept) {
  const auto name = file(",a,image\n0,1,aaaa\n1,2,bbbb\n");
  const Table table = read_table(name, {.columns = {"a", "b"}});
  EXPECT_THAT(table.columns, ElementsAre("", "a", "image"));
  EXPECT_THAT(table.rows[1].cells, ElementsAre(Pair("a", "2")));
  EXPECT_EQ(table.rows[1].where, name + ":3");
  EXPECT_EQ(read_table(name).rows[0].cells.size(), 2u);  // the nameless one never
}

TEST_F(TableFiles, RowsOfAnotherLengthAreRefused) {
  EXPECT_THAT(refusal("a\tb\n1\t2\n3\n"),
              AllOf(HasSubstr("2 cells"), HasSubstr("got 1"), HasSubstr(":3")));
  EXPECT_THAT(refusal("a,b\n1,2,3\n"), AllOf(HasSubstr("got 3"), HasSubstr(":2")));
  EXPECT_THAT(refusal(workbook_of({{"S",
                                    "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row>"
                                    "<row r=\"5\"><c r=\"B5\"><v>1</v></c></row>"}},
                                  "")),
              AllOf(HasSubstr("1 cells"), HasSubstr("row 5")));
}

TEST_F(TableFiles, OtherFilesAreRefused) {
  EXPECT_THAT(refusal("a,b,a\n1,2,3\n"), HasSubstr("two called 'a'"));
  EXPECT_THAT(refusal(""), HasSubstr("an empty file"));
  EXPECT_THAT(refusal(" \n\n"), HasSubstr("an empty file"));
  EXPECT_THAT(refusal("\xD0\xCF\x11\xE0\xA1\xB1"), HasSubstr("old format"));
  EXPECT_THAT(refusal("[1]"), HasSubstr("an object"));
  EXPECT_THAT(refusal(workbook_of({{"S", ""}}, "")), HasSubstr("an empty sheet"));
  EXPECT_THROW(read_table(path("none")), IoError);
  EXPECT_TRUE(read_table(file("a,b\n")).rows.empty());
}

}  // namespace
}  // namespace plumbline::formats
