// What a cell of a workbook says, as text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plumbline::formats {

// "B7": column 1 (from 0), row 7 (from 1). Nothing for what is no such name or beyond a sheet's
// 16,384 columns and 1,048,576 rows.
struct CellPlace {
  size_t column = 0, row = 0;
};
std::optional<CellPlace> cell_place(std::string_view name);

// "_x000D_" and its like as characters; pairs of UTF-16 surrogates as one, half a pair as U+FFFD.
// "_x005F_" guards an underscore: "_x005F_x000D_" is the text "_x000D_".
std::string decode_escapes(std::string_view text);

// A number as Python writes it: 3 for "3.0", 0.1 for "0.10000000000000001". Nothing for what is no
// finite number.
std::optional<std::string> number_text(std::string_view text);

}  // namespace plumbline::formats
