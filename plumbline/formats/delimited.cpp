#include "plumbline/formats/delimited.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plumbline/base/error.h"

namespace plumbline::formats {
namespace {

DataError broken(const std::string& got, const std::string& where, const std::string& hint) {
  return DataError({.component = "table",
                    .doing = "reading rows",
                    .expected = "cells as CSV or TSV has them, in UTF-8",
                    .got = got,
                    .where = where,
                    .hint = hint});
}

// The bytes of a well-formed character at the text's beginning; 0 where there is none.
size_t character_size(std::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto is_tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool is_overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool is_surrogate = first == 0xED && byte(1) > 0x9F;
    return is_tail(1) && is_tail(2) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool is_overlong = first == 0xF0 && byte(1) < 0x90;
    const bool is_beyond = first == 0xF4 && byte(1) > 0x8F;
    return is_tail(1) && is_tail(2) && is_tail(3) && !is_overlong && !is_beyond ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

bool ends_line(char c) { return c == '\n' || c == '\r'; }

}  // namespace

DelimitedReader::DelimitedReader(std::string_view bytes, char separator, std::string name)
    : bytes_(bytes), separator_(separator), name_(std::move(name)) {
  if (bytes_.starts_with("\xFF\xFE") || bytes_.starts_with("\xFE\xFF")) {
    throw broken("UTF-16 text", name_, "save it as UTF-8.");
  }
  if (bytes_.starts_with("\xEF\xBB\xBF")) position_ = 3;
}

std::string DelimitedReader::where() const { return fmt::format("{}:{}", name_, row_line_); }

bool DelimitedReader::at_line_end() const {
  return position_ >= bytes_.size() || ends_line(bytes_[position_]);
}

void DelimitedReader::end_line() {
  if (position_ >= bytes_.size()) return;
  if (bytes_.substr(position_).starts_with("\r\n")) ++position_;
  ++position_;
  ++line_;
}

// False at the end of the file.
bool DelimitedReader::skip_blank_lines() {
  while (position_ < bytes_.size()) {
    const size_t end = std::min(bytes_.find_first_of("\r\n", position_), bytes_.size());
    const size_t text = bytes_.find_first_not_of(' ', position_);
    if (text < end) return true;
    position_ = end;
    end_line();
  }
  return false;
}

void DelimitedReader::read_quoted(std::string* cell) {
  const size_t first_line = line_;
  ++position_;
  while (true) {
    const size_t end = bytes_.find('"', position_);
    if (end == std::string_view::npos) {
      throw broken("a quote that never ends", fmt::format("{}:{}", name_, first_line),
                   "a quote inside a quoted cell must be doubled, or the file has been cut.");
    }
    const std::string_view piece = bytes_.substr(position_, end - position_);
    for (size_t i = piece.find_first_of("\r\n"); i != std::string_view::npos;
         i = piece.find_first_of("\r\n", i + 1)) {
      if (!piece.substr(i).starts_with("\r\n")) ++line_;
    }
    if (cell != nullptr) *cell += piece;
    position_ = end + 1;
    if (position_ >= bytes_.size() || bytes_[position_] != '"') return;
    if (cell != nullptr) *cell += '"';
    ++position_;
  }
}

void DelimitedReader::read_cell(std::string* cell) {
  if (position_ < bytes_.size() && bytes_[position_] == '"') read_quoted(cell);
  const char ends[] = {separator_, '\r', '\n'};
  const size_t end =
      std::min(bytes_.find_first_of(std::string_view(ends, 3), position_), bytes_.size());
  if (cell != nullptr) {
    *cell += bytes_.substr(position_, end - position_);
    if (!is_utf8(*cell)) {
      throw broken("bytes that are not UTF-8", where(), "save the file as UTF-8.");
    }
  }
  position_ = end;
}

bool DelimitedReader::next(std::vector<std::string>& cells, const std::vector<bool>& keep) {
  cells.clear();
  if (!skip_blank_lines()) return false;
  row_line_ = line_;
  while (true) {
    const size_t column = cells.size();
    cells.emplace_back();
    const bool is_kept = keep.empty() || (column < keep.size() && keep[column]);
    read_cell(is_kept ? &cells.back() : nullptr);
    if (at_line_end()) break;
    ++position_;  // the separator
  }
  end_line();
  return true;
}

}  // namespace plumbline::formats
