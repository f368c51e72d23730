// Tables against what pandas reads in them, from tools/golden/eval/tables.py.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/files.h"
#include "plumbline/formats/table.h"

namespace plumbline::formats {
namespace {

const std::string kFolder = "tests/golden/eval/tables/";

TEST(GoldenTables, AsPandasReadsThem) {
  const auto expected = nlohmann::json::parse(read_file(kFolder + "expected.json"));
  ASSERT_EQ(expected.size(), 6u);
  for (const auto& [name, content] : expected.items()) {
    SCOPED_TRACE(name);
    const Table table = read_table(kFolder + name);
    EXPECT_EQ(nlohmann::json(table.columns), content.at("columns"));
    size_t next = 0;
    for (const auto& row : content.at("rows")) {
      bool is_blank = true;  // pandas keeps blank rows of workbooks
      for (const auto& cell : row) is_blank = is_blank && cell == "";
      if (is_blank) continue;
      ASSERT_LT(next, table.rows.size());
      for (size_t c = 0; c < table.columns.size(); ++c) {
        EXPECT_EQ(table.rows[next].cells.at(table.columns[c]), row.at(c).get<std::string>());
      }
      ++next;
    }
    EXPECT_EQ(next, table.rows.size());
  }
}

}  // namespace
}  // namespace plumbline::formats
