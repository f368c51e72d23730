#include "plumbline/eval/python_number.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>

#include "plumbline/base/trimmed.h"

namespace plumbline::eval {
namespace {

constexpr std::string_view kSpaces = " \t\n\r\v\f\x1c\x1d\x1e\x1f";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Moves past digits with single underscores between them; whether there were any.
bool skip_digits(std::string_view text, size_t& at) {
  const size_t begin = at;
  while (at < text.size() &&
         (is_digit(text[at]) || (text[at] == '_' && at > begin && is_digit(text[at - 1]) &&
                                 at + 1 < text.size() && is_digit(text[at + 1])))) {
    ++at;
  }
  return at > begin;
}

// Digits with a point and an exponent, as Python's grammar has them.
bool is_decimal(std::string_view text) {
  size_t at = 0;
  bool has_digits = skip_digits(text, at);
  if (at < text.size() && text[at] == '.') {
    ++at;
    has_digits = skip_digits(text, at) || has_digits;
  }
  if (!has_digits) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!skip_digits(text, at)) return false;
  }
  return at == text.size();
}

bool is_special(std::string_view text) {
  std::string word;
  for (const char c : text) {
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return word == "nan" || word == "inf" || word == "infinity";
}

}  // namespace

std::optional<double> python_float(std::string_view text) {
  const auto number = trimmed(text, kSpaces);
  const bool is_signed = !number.empty() && (number[0] == '+' || number[0] == '-');
  const auto digits = number.substr(is_signed ? 1 : 0);
  if (!is_decimal(digits) && !is_special(digits)) return std::nullopt;
  std::string plain(number);
  std::erase(plain, '_');
  return std::strtod(plain.c_str(), nullptr);
}

std::string python_repr(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

}  // namespace plumbline::eval
