#include "plumbline/formats/xlsx.h"

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
using Cells = std::vector<std::string>;

std::vector<Cells> cells_of(const std::string& sheet, const std::string& strings = "") {
  const std::string bytes = workbook_of({{"First", sheet}}, strings);
  std::vector<Cells> rows;
  for (auto& row : read_xlsx(FileView(bytes, "w.xlsx")).rows) rows.push_back(row.cells);
  return rows;
}

std::string refusal(const std::string& sheet, const std::string& strings = "") {
  const auto text = error_text<DataError>([&] { cells_of(sheet, strings); });
  EXPECT_THAT(text, HasSubstr("w.xlsx"));
  return text;
}

TEST(Xlsx, TextOfAllKinds) {
  const std::string strings =
      "<si><t xml:space=\"preserve\"> a </t></si>"
      "<si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r><rPh><t>sound</t></rPh></si>"
      "<si><t>a_x000D_&#10;&lt;b&gt; &amp; \xC3\xA9</t></si><si/>";
  EXPECT_THAT(
      cells_of("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
               "<c r=\"C1\" t=\"s\"><v>2</v></c><c r=\"D1\" t=\"inlineStr\"><is><t>in</t><rPh>"
               "<t>no</t></rPh><t>line</t></is></c></row>",
               strings),
      ElementsAre(Cells{" a ", "rich text", "a\r\n<b> & \xC3\xA9", "inline"}));
}

TEST(Xlsx, NumbersTruthValuesErrorsAndFormulas) {
  EXPECT_THAT(cells_of("<row r=\"1\"><c r=\"A1\"><v>3</v></c><c r=\"B1\" t=\"n\"><v>2.5</v></c>"
                       "<c r=\"C1\" t=\"b\"><v>1</v></c><c r=\"D1\" t=\"b\"><v>0</v></c>"
                       "<c r=\"E1\" t=\"e\"><v>#N/A</v></c><c r=\"F1\"><f>1+1</f><v>2</v></c>"
                       "<c r=\"G1\" t=\"str\"><f>\"A\"</f><v>A</v></c></row>"),
              ElementsAre(Cells{"3", "2.5", "True", "False", "", "2", "A"}));
}

TEST(Xlsx, RowsAndCellsMayBeLeftOut) {
  const std::string bytes = workbook_of(
      {{"First",
        "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"C2\"/><c r=\"D2\" t=\"e\"><v>#REF!</v></c>"
        "</row><row r=\"3\"/><row r=\"7\"><c r=\"A7\"><v>2</v></c></row>"
        "<row><c><v>3</v></c><c><v>4</v></c></row>"}},
      "");
  const auto sheet = read_xlsx(FileView(bytes, "w.xlsx"));
  ASSERT_EQ(sheet.rows.size(), 3u);
  EXPECT_EQ(sheet.rows[0].number, 2u);
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("", "1"));
  EXPECT_EQ(sheet.rows[1].number, 7u);
  EXPECT_EQ(sheet.rows[2].number, 8u);
  EXPECT_THAT(sheet.rows[2].cells, ElementsAre("3", "4"));
}

TEST(Xlsx, SheetsByName) {
  const std::string bytes =
      workbook_of({{"One", "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>"},
                   {"Two & more", "<row r=\"1\"><c r=\"A1\"><v>2</v></c></row>"}},
                  "");
  const FileView file(bytes, "w.xlsx");
  EXPECT_EQ(read_xlsx(file).name, "One");
  EXPECT_EQ(read_xlsx(file, "Two & more").rows[0].cells[0], "2");
  EXPECT_THAT(error_text<DataError>([&] { read_xlsx(file, "Three"); }),
              AllOf(HasSubstr("'Three'"), HasSubstr("'One', 'Two & more'")));
}

TEST(Xlsx, FormulasWithoutAValueAreRefused) {
  EXPECT_THAT(refusal("<row r=\"4\"><c r=\"B4\"><f>A</f><v></v></c></row>"),
              AllOf(HasSubstr("a formula without one"), HasSubstr("row 4, column 2")));
  EXPECT_THAT(refusal("<row r=\"4\"><c r=\"B4\"><f>A</f></c></row>"), HasSubstr("formula"));
  // Calculated, and empty.
  EXPECT_TRUE(cells_of("<row r=\"1\"><c r=\"A1\" t=\"str\"><f>A2</f><v></v></c></row>").empty());
}

TEST(Xlsx, BrokenSheetsAreRefused) {
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c></row>", "<si><t>x</t></si>"),
              HasSubstr("one of 1 shared texts, got '1'"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>-1</v></c></row>"), HasSubstr("'-1'"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"A1\"><v>x</v></c></row>"), HasSubstr("a number"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"A1\" t=\"b\"><v>2</v></c></row>"), HasSubstr("0 or 1"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"A1\" t=\"q\"><v>2</v></c></row>"), HasSubstr("'q'"));
  EXPECT_THAT(refusal("<row r=\"2\"/><row r=\"2\"/>"), HasSubstr("rows in order"));
  EXPECT_THAT(refusal("<row r=\"9999999\"/>"), HasSubstr("rows in order"));
  EXPECT_THAT(refusal("<row r=\"x\"/>"), HasSubstr("rows in order"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>"), HasSubstr("'A1'"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"A2\"/></row>"), HasSubstr("'A2'"));
  EXPECT_THAT(refusal("<row r=\"1\"><c r=\"XFE1\"/></row>"), HasSubstr("'XFE1'"));
  EXPECT_THAT(refusal("<row r=\"1\">"), HasSubstr("sheet1.xml"));
}

TEST(Xlsx, FarCellsCannotFillTheMemory) {
  std::string sheet;
  for (int r = 1; r <= 700; ++r) {
    const std::string n = std::to_string(r);
    sheet += "<row r=\"" + n + "\"><c r=\"XFD" + n + "\"><v>1</v></c></row>";
  }
  EXPECT_THAT(refusal(sheet), HasSubstr("at most 10000000 cells"));
}

TEST(Xlsx, OtherArchivesAreRefused) {
  const std::string bytes = zip_of({{"a.txt", "x"}}).bytes;
  EXPECT_THAT(error_text<DataError>([&] { read_xlsx(FileView(bytes, "w.xlsx")); }),
              HasSubstr("without xl/workbook.xml"));
  EXPECT_THAT(error_text<DataError>([&] { read_xlsx(FileView("PK\3\4", "w.xlsx")); }),
              HasSubstr("w.xlsx"));
}

}  // namespace
}  // namespace plumbline::formats
