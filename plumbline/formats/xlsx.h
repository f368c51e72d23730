// Excel workbooks (.xlsx): the cells of one sheet, as text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plumbline/base/file_view.h"

namespace plumbline::formats {

// A row that has cells. Columns in front of the first and between cells that the file leaves out
// are empty; the row ends with its last cell that has a value.
struct SheetRow {
  size_t number = 0;  // as the sheet counts, from 1
  std::vector<std::string> cells;
};

struct Sheet {
  std::string name;
  std::vector<SheetRow> rows;  // those with a value
};

// Reads a sheet; an empty name means the first that holds cells. Text of all kinds (shared, rich,
// inline) with "_x000D_" and its like decoded; numbers as Python writes them (3, 0.1, 1e-07); truth
// values as "True" and "False"; errors such as #N/A as empty cells, as pandas reads them; formulas
// as the value that was calculated last. Dates are numbers, as the file has them.
//
// Throws DataError naming file and cell for a formula without a value, for what is no workbook or
// is broken, for a sheet that is not there, and for parts beyond 512 MB, document types and cells
// outside of a sheet's limits.
// Source: ECMA-376 part 1, section 18 (SpreadsheetML).
Sheet read_xlsx(const FileView& file, const std::string& sheet = {});

}  // namespace plumbline::formats
