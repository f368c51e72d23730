// Python's string operations on valid UTF-8, and the ways of writing a string down.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plumbline/text/python_text.h"

namespace plumbline::text::jinja {

// What templates know of texts is Python's.
using python::byte_offset, python::capitalized, python::Character, python::first_character,
    python::first_code_point, python::is_lower, python::is_printable, python::is_space,
    python::is_upper, python::last_code_point, python::leading_space, python::length, python::lower,
    python::reversed, python::title, python::trailing_space, python::upper;

// "\r\n" and "\r" become "\n".
std::string with_plain_line_breaks(std::string_view text);

// The value of a string literal without its quotes: Python's escapes. Throws Fault for broken ones,
// for surrogates and for \N{name}.
std::string unescape_literal(std::string_view inner);

// Where `part` first stands in a text from byte `at`, or npos, in time that grows with the text
// alone.
size_t find_part(std::string_view text, std::string_view part, size_t at = 0);

enum class Side { Both, Left, Right };
// str.strip: white space, or the characters of `chars`.
std::string_view stripped(std::string_view text, std::optional<std::string_view> chars, Side side);

// str.split. `limit` below 0: all. With a separator, which is not empty; without, white space.
std::vector<std::string_view> split(std::string_view text, std::string_view separator,
                                    int64_t limit);
std::vector<std::string_view> split_spaces(std::string_view text, int64_t limit);
// str.rsplit: the limit counts from the end.
std::vector<std::string_view> split_from_end(std::string_view text, std::string_view separator,
                                             int64_t limit);
std::vector<std::string_view> split_spaces_from_end(std::string_view text, int64_t limit);
// str.splitlines, without the line breaks or with.
std::vector<std::string_view> split_lines(std::string_view text, bool keep_breaks = false);

// str.replace; `limit` below 0: all. An empty `from` stands between all characters.
std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t limit);
// How many replacements that makes.
int64_t count(std::string_view text, std::string_view part);

// The `title` filter: every run behind white space, a dash or an opening bracket.
std::string title_of_words(std::string_view text);

// repr(): quoted and escaped.
std::string python_quoted(std::string_view text);
// json.dumps of a string; characters outside ASCII are escaped when `is_ascii`.
std::string json_quoted(std::string_view text, bool is_ascii);
// HTML's five.
std::string html_escaped(std::string_view text);

// repr() of a number.
std::string number_text(double number);

// int(text, base) and float(text); nothing when Python raises ValueError. Throws Fault when the
// integer does not fit into 64 bits.
std::optional<int64_t> parse_integer(std::string_view text, int base);
std::optional<double> parse_number(std::string_view text);

}  // namespace plumbline::text::jinja
