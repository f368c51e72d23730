#include "plumbline/formats/xlsx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>
#include <utility>

#include "plumbline/base/error.h"
#include "plumbline/formats/xlsx_cell.h"
#include "plumbline/formats/xml_events.h"
#include "plumbline/formats/zip_archive.h"

namespace plumbline::formats {
namespace {

constexpr uint64_t kLargestPart = uint64_t{512} << 20;
constexpr size_t kMostRows = 1'048'576, kMostColumns = 16'384;
// What all cells of a sheet together may come to in memory, with those between them.
constexpr size_t kMostCells = 10'000'000;

DataError unfit(const std::string& expected, const std::string& got, const std::string& where,
                const std::string& hint = {}) {
  return DataError(Complaint{.component = "xlsx",
                             .doing = "reading a workbook",
                             .expected = expected,
                             .got = got,
                             .where = where,
                             .hint = hint});
}

std::string attribute(const XmlVisitor::Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "" : found->second;
}

struct SheetEntry {
  std::string name, relation;
};

class WorkbookVisitor : public XmlVisitor {
 public:
  std::vector<SheetEntry> sheets;
  void begin(std::string_view element, const Attributes& attributes) override {
    if (element != "sheet") return;
    sheets.push_back({attribute(attributes, "name"), attribute(attributes, "id")});
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
};

// Targets of worksheets by the name of their relation.
class RelationsVisitor : public XmlVisitor {
 public:
  std::map<std::string, std::string> targets;
  void begin(std::string_view element, const Attributes& attributes) override {
    if (element != "Relationship") return;
    if (!attribute(attributes, "Type").ends_with("/worksheet")) return;  // charts, macros
    targets[attribute(attributes, "Id")] = attribute(attributes, "Target");
  }
  void end(std::string_view) override {}
  void text(std::string_view) override {}
};

// The text of "t" elements, but for phonetic ones, of each "si".
class StringsVisitor : public XmlVisitor {
 public:
  std::vector<std::string> strings;
  void begin(std::string_view element, const Attributes&) override {
    if (element == "si") strings.emplace_back();
    if (element == "rPh") ++num_phonetic_;
    is_text_ = element == "t" && num_phonetic_ == 0;
  }
  void end(std::string_view element) override {
    is_text_ = false;
    if (element == "rPh") --num_phonetic_;
    if (element == "si") strings.back() = decode_escapes(strings.back());
  }
  void text(std::string_view characters) override {
    if (is_text_ && !strings.empty()) strings.back() += characters;
  }

 private:
  int num_phonetic_ = 0;
  bool is_text_ = false;
};

class SheetVisitor : public XmlVisitor {
 public:
  SheetVisitor(const std::vector<std::string>& strings, std::string where)
      : strings_(strings), where_(std::move(where)) {}

  std::vector<SheetRow> rows;

  void begin(std::string_view element, const Attributes& attributes) override;
  void end(std::string_view element) override;
  void text(std::string_view characters) override {
    if (part_ == Part::Value) value_ += characters;
  }

 private:
  enum class Part { None, Value };

  std::string place() const;
  void begin_row(const Attributes& attributes);
  void begin_cell(const Attributes& attributes);
  void end_cell();
  std::string cell_text() const;

  const std::vector<std::string>& strings_;
  std::string where_;
  SheetRow row_;
  size_t column_ = 0;  // of the next cell
  size_t last_row_ = 0, num_cells_ = 0;
  bool is_cell_ = false, is_inline_ = false, has_value_ = false, has_formula_ = false;
  int num_phonetic_ = 0;
  Part part_ = Part::None;
  std::string type_, value_;
};

std::string SheetVisitor::place() const {
  return fmt::format("{}, row {}, column {}", where_, row_.number, column_ + 1);
}

void SheetVisitor::begin(std::string_view element, const Attributes& attributes) {
  part_ = Part::None;
  if (element == "row") {
    begin_row(attributes);
  } else if (element == "c") {
    begin_cell(attributes);
  } else if (!is_cell_) {
    return;
  } else if (element == "is") {
    is_inline_ = has_value_ = true;
  } else if (element == "rPh") {
    ++num_phonetic_;
  } else if (element == "f") {
    has_formula_ = true;
  } else if (element == "v") {
    has_value_ = true;
    part_ = Part::Value;
  } else if (element == "t" && is_inline_ && num_phonetic_ == 0) {
    part_ = Part::Value;
  }
}

void SheetVisitor::end(std::string_view element) {
  part_ = Part::None;
  if (element == "row") {
    if (!row_.cells.empty()) rows.push_back(std::move(row_));
    row_ = {};
  } else if (element == "rPh") {
    --num_phonetic_;
  } else if (element == "is") {
    is_inline_ = false;
  } else if (element == "c") {
    end_cell();
  }
}

void SheetVisitor::begin_row(const Attributes& attributes) {
  const std::string number = attribute(attributes, "r");
  const auto stated = number.empty() ? std::nullopt : cell_place("A" + number);
  row_ = {.number = stated ? stated->row : last_row_ + 1, .cells = {}};
  const bool is_row = (number.empty() || stated) && row_.number <= kMostRows;
  if (!is_row || row_.number <= last_row_) {
    throw unfit(fmt::format("rows in order, up to {}", kMostRows),
                "row '" + number + "' behind row " + std::to_string(last_row_), where_);
  }
  last_row_ = row_.number;
  column_ = 0;
}

void SheetVisitor::begin_cell(const Attributes& attributes) {
  const std::string name = attribute(attributes, "r");
  const auto stated = name.empty() ? CellPlace{column_, row_.number} : cell_place(name);
  if (!stated || stated->row != row_.number || stated->column < column_ ||
      stated->column >= kMostColumns) {
    throw unfit("cells in order within their row", "'" + name + "'", place());
  }
  column_ = stated->column;
  is_cell_ = true;
  is_inline_ = has_value_ = has_formula_ = false;
  num_phonetic_ = 0;
  type_ = attribute(attributes, "t");
  value_.clear();
}

void SheetVisitor::end_cell() {
  is_cell_ = false;
  if (has_formula_ && value_.empty() && type_ != "str") {
    throw unfit("a value", "a formula without one", place(),
                "text that begins with \"=\" became a formula; write the answers as TSV or JSONL, "
                "or open the workbook in a spreadsheet program and save it.");
  }
  std::string text = has_value_ ? cell_text() : "";
  if (!text.empty()) {
    num_cells_ += column_ + 1 - row_.cells.size();
    if (num_cells_ > kMostCells) {
      throw unfit(fmt::format("at most {} cells", kMostCells), "more", place());
    }
    row_.cells.resize(column_ + 1);
    row_.cells[column_] = std::move(text);
  }
  ++column_;
}

std::string SheetVisitor::cell_text() const {
  if (type_ == "s") {
    const auto index = number_text(value_);
    size_t i = strings_.size();
    if (index && index->size() < 10 && index->find_first_not_of("0123456789") == index->npos) {
      i = std::stoul(*index);
    }
    if (i < strings_.size()) return strings_[i];
    throw unfit(fmt::format("one of {} shared texts", strings_.size()), "'" + value_ + "'",
                place());
  }
  if (type_ == "inlineStr" || type_ == "str") return decode_escapes(value_);
  if (type_ == "e") return "";
  if (type_ == "d") return value_;
  if (type_ == "b") {
    if (value_ == "1" || value_ == "true") return "True";
    if (value_ == "0" || value_ == "false") return "False";
    throw unfit("0 or 1", "'" + value_ + "'", place());
  }
  if (type_.empty() || type_ == "n") {
    if (value_.empty()) return "";
    if (auto number = number_text(value_)) return *std::move(number);
    throw unfit("a number", "'" + value_ + "'", place());
  }
  throw unfit("a known type of cell", "'" + type_ + "'", place());
}

// Where a relation of xl/workbook.xml points to, inside the archive.
std::string part_name(std::string target) {
  if (target.starts_with('/')) return target.substr(1);
  if (target.starts_with("./")) target = target.substr(2);
  return "xl/" + target;
}

class Workbook {
 public:
  explicit Workbook(const FileView& file)
      : name_(file.name()), archive_(file, ZipPacking::StoredOrDeflated) {
    if (!archive_.has("xl/workbook.xml")) {
      throw unfit("an Excel workbook", "a zip archive without xl/workbook.xml", name_);
    }
    read("xl/workbook.xml", workbook_);
    read("xl/_rels/workbook.xml.rels", relations_);
  }

  Sheet sheet(const std::string& wanted) const {
    std::vector<std::string> names;
    for (const SheetEntry& entry : workbook_.sheets) {
      const auto target = relations_.targets.find(entry.relation);
      if (target == relations_.targets.end()) continue;
      names.push_back(entry.name);
      if (!wanted.empty() && entry.name != wanted) continue;
      StringsVisitor strings;
      if (archive_.has("xl/sharedStrings.xml")) read("xl/sharedStrings.xml", strings);
      SheetVisitor cells(strings.strings, fmt::format("{}, sheet '{}'", name_, entry.name));
      read(part_name(target->second), cells);
      return {.name = entry.name, .rows = std::move(cells.rows)};
    }
    throw unfit(wanted.empty() ? "a sheet with cells" : "a sheet '" + wanted + "'",
                names.empty() ? "none" : fmt::format("'{}'", fmt::join(names, "', '")), name_);
  }

 private:
  void read(const std::string& part, XmlVisitor& visitor) const {
    read_xml(archive_.contents(part, kLargestPart), name_ + ", " + part, visitor);
  }

  std::string name_;
  ZipArchive archive_;
  WorkbookVisitor workbook_;
  RelationsVisitor relations_;
};

}  // namespace

Sheet read_xlsx(const FileView& file, const std::string& sheet) {
  return Workbook(file).sheet(sheet);
}

}  // namespace plumbline::formats
