// Tables as text: CSV and TSV.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::formats {

// Reads rows of cells one after the other, as pandas' C parser splits them: a cell that begins with
// a quote ends with one, a doubled quote inside is one, line ends and separators inside belong to
// it; what follows the closing quote is taken as it is, and so is a quote in the middle of a cell.
// Lines end with LF, CR LF or CR; blank lines are passed over; a byte order mark is too.
//
// Throws DataError naming file and line for a quote that never ends, UTF-16, and cells that are not
// UTF-8. The bytes outlive the reader.
class DelimitedReader {
 public:
  DelimitedReader(std::string_view bytes, char separator, std::string name);

  // Reads the next row; false at the end. `keep[i]`: whether the text of cell i is wanted; others
  // stay empty, so that pictures in a table take no memory. An empty `keep` wants all.
  bool next(std::vector<std::string>& cells, const std::vector<bool>& keep = {});

  // Where the last row began: "file:line".
  std::string where() const;

 private:
  bool skip_blank_lines();
  bool at_line_end() const;
  void read_cell(std::string* cell);
  void read_quoted(std::string* cell);
  void end_line();

  std::string_view bytes_;
  size_t position_ = 0;
  size_t line_ = 1, row_line_ = 1;
  char separator_;
  std::string name_;
};

}  // namespace plumbline::formats
