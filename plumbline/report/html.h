// Pieces of a self-contained HTML page.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumbline::report {

// Text for an element or a quoted attribute.
std::string escape(std::string_view text);

// A figure above its interval.
std::string interval_html(double value, double low, double high, bool is_signed = false);

// The text with the byte ranges [begin, end) inside <mark>. Ranges outside the text are cut.
std::string marked(std::string_view text, const std::vector<std::pair<size_t, size_t>>& ranges);

// Colours that a page defines as --c0 ... for light, dark and paper.
inline constexpr size_t kNumColors = 6;

// Rows of already escaped cells; the first row is the heading.
std::string table(const std::vector<std::vector<std::string>>& rows);

// A whole page with its style inside: for screens of any width, light or dark, and paper.
std::string page(const std::string& title, const std::string& body);

}  // namespace plumbline::report
