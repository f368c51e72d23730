// Tables with a header, whatever they are written in.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace plumbline::formats {

struct TableRow {
  // By column; a cell without a value is empty. Of JSON records, the members that they have.
  std::map<std::string, std::string> cells;
  std::string where;  // "file:line", "file, sheet 'name', row n": for errors

  // The cell; nothing where the row has no such column or the cell is empty.
  std::optional<std::string> find(const std::string& column) const;
};

struct TableOptions {
  std::vector<std::string> columns = {};  // those to keep; empty: all
  std::string sheet = {};                 // of a workbook; empty: the first
};

struct Table {
  std::vector<std::string> columns;  // in the file's order, kept or not
  std::vector<TableRow> rows;
};

// What the file's first bytes say it is: an Excel workbook (xlsx), JSON records (an array, or one
// per line), or else text with tabs or commas between cells, whichever comes first in its header.
//
// Of workbooks: numbers as Python would write them, true as "True", errors such as #N/A as empty
// cells, formulas as their value at the last calculation. Of JSON: null as an empty cell, lists and
// objects as JSON.
//
// Throws IoError, or DataError naming file and row: no header, a column twice, a row with more or
// fewer cells than the header (in a workbook: more), a broken file.
void for_each_row(const std::string& path, const TableOptions& options,
                  const std::function<void(TableRow&&)>& visit);

Table read_table(const std::string& path, const TableOptions& options = {});

}  // namespace plumbline::formats
