#include "plumbline/formats/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/base/file_view.h"
#include "plumbline/base/json.h"
#include "plumbline/formats/delimited.h"
#include "plumbline/formats/json_lines.h"
#include "plumbline/formats/xlsx.h"

namespace plumbline::formats {
namespace {

using Visit = std::function<void(TableRow&&)>;
using Columns = std::vector<std::string>;

DataError unfit(const std::string& expected, const std::string& got, const std::string& where,
                const std::string& hint = {}) {
  return DataError(Complaint{.component = "table",
                             .doing = "reading a table",
                             .expected = expected,
                             .got = got,
                             .where = where,
                             .hint = hint});
}

enum class Kind { Workbook, Json, Text };

Kind kind_of(const FileView& file) {
  std::string_view bytes = file.bytes();
  if (bytes.starts_with("PK\3\4")) return Kind::Workbook;
  if (bytes.starts_with("\xD0\xCF\x11\xE0")) {
    throw unfit("an .xlsx workbook", "one of Excel's old format, or an encrypted one", file.name(),
                "save it as .xlsx without a password.");
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) throw unfit("a header", "an empty file", file.name());
  return bytes[first] == '{' || bytes[first] == '[' ? Kind::Json : Kind::Text;
}

void check_columns(const Columns& columns, const std::string& where) {
  std::set<std::string> seen;
  for (const auto& column : columns) {
    if (!column.empty() && !seen.insert(column).second) {
      throw unfit("each column once", "two called '" + column + "'", where);
    }
  }
}

// Which columns are wanted. One without a name, such as the numbers that pandas puts first, never
// is.
std::vector<bool> kept(const Columns& columns, const TableOptions& options) {
  std::vector<bool> keep;
  for (const auto& column : columns) {
    const auto& wanted = options.columns;
    keep.push_back(!column.empty() && (wanted.empty() || std::find(wanted.begin(), wanted.end(),
                                                                   column) != wanted.end()));
  }
  return keep;
}

TableRow row_of(const Columns& columns, const std::vector<bool>& keep,
                std::vector<std::string>& cells, std::string where) {
  TableRow row{.cells = {}, .where = std::move(where)};
  for (size_t c = 0; c < columns.size(); ++c) {
    if (keep[c]) row.cells.emplace(columns[c], std::move(cells[c]));
  }
  return row;
}

// Tabs or commas, whichever comes first in the header.
char separator_of(std::string_view bytes) {
  const size_t first = bytes.find_first_of("\t,");
  return first == std::string_view::npos ? '\t' : bytes[first];
}

Columns visit_text(const FileView& file, const TableOptions& options, const Visit& visit) {
  DelimitedReader reader(file.bytes(), separator_of(file.bytes()), file.name());
  Columns columns;
  reader.next(columns);
  check_columns(columns, reader.where());
  const auto keep = kept(columns, options);
  std::vector<std::string> cells;
  while (reader.next(cells, keep)) {
    if (cells.size() != columns.size()) {
      throw unfit(fmt::format("{} cells, as the header has", columns.size()),
                  fmt::format("{}", cells.size()), reader.where(),
                  "a separator or line end inside a cell needs quotes around it.");
    }
    visit(row_of(columns, keep, cells, reader.where()));
  }
  return columns;
}

Columns visit_workbook(const FileView& file, const TableOptions& options, const Visit& visit) {
  Sheet sheet = read_xlsx(file, options.sheet);
  const auto where = [&](const SheetRow& row) {
    return fmt::format("{}, sheet '{}', row {}", file.name(), sheet.name, row.number);
  };
  if (sheet.rows.empty()) throw unfit("a header", "an empty sheet", file.name());
  const Columns columns = sheet.rows[0].cells;
  check_columns(columns, where(sheet.rows[0]));
  const auto keep = kept(columns, options);
  for (size_t r = 1; r < sheet.rows.size(); ++r) {
    SheetRow& row = sheet.rows[r];
    if (row.cells.size() > columns.size()) {
      throw unfit(fmt::format("{} cells, as the header has", columns.size()),
                  fmt::format("{}", row.cells.size()), where(row));
    }
    row.cells.resize(columns.size());
    visit(row_of(columns, keep, row.cells, where(row)));
  }
  return columns;
}

std::string cell_of(const nlohmann::json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  return json_text(value);
}

Columns visit_json(const std::string& path, const TableOptions& options, const Visit& visit) {
  Columns columns;
  std::set<std::string> known;
  for_each_record(path, [&](Record&& record) {
    if (!record.value.is_object()) {
      throw unfit("an object", record.value.type_name(), record.where);
    }
    TableRow row{.cells = {}, .where = std::move(record.where)};
    for (const auto& [name, value] : record.value.items()) {
      if (known.insert(name).second) columns.push_back(name);
      const auto& wanted = options.columns;
      if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end()) {
        row.cells.emplace(name, cell_of(value));
      }
    }
    visit(std::move(row));
  });
  return columns;
}

Columns visit_table(const std::string& path, const TableOptions& options, const Visit& visit) {
  const FileView file(path);
  switch (kind_of(file)) {
    case Kind::Workbook:
      return visit_workbook(file, options, visit);
    case Kind::Json:
      return visit_json(path, options, visit);
    case Kind::Text:
      break;
  }
  return visit_text(file, options, visit);
}

}  // namespace

std::optional<std::string> TableRow::find(const std::string& column) const {
  const auto found = cells.find(column);
  if (found == cells.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

void for_each_row(const std::string& path, const TableOptions& options, const Visit& visit) {
  visit_table(path, options, visit);
}

Table read_table(const std::string& path, const TableOptions& options) {
  Table table;
  table.columns =
      visit_table(path, options, [&](TableRow&& row) { table.rows.push_back(std::move(row)); });
  return table;
}

}  // namespace plumbline::formats
