#include "plumbline/benchmarks/vlmevalkit_yes_no.h"

#include <cctype>

namespace plumbline::benchmarks {
namespace {

constexpr std::string_view kMarks = ";/[]\"{}()=+\\_-><@`,?!";
constexpr int kMaxPoints = 32;  // re.UNICODE, given where the number of replacements stands

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool has_digit_comma_digit(const std::string& text) {
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == ',' && is_digit(text[i - 1]) && is_digit(text[i + 1])) return true;
  }
  return false;
}

bool stands_beside_blank(const std::string& text, char mark) {
  return text.find(std::string{mark, ' '}) != std::string::npos ||
         text.find(std::string{' ', mark}) != std::string::npos;
}

std::string without_marks(const std::string& text) {
  const bool deletes_all = has_digit_comma_digit(text);
  std::string result;
  for (const char c : text) {
    if (kMarks.find(c) == std::string_view::npos) {
      result += c;
    } else if (!deletes_all && !stands_beside_blank(text, c)) {
      result += ' ';
    }
  }
  return result;
}

std::string without_points(const std::string& text) {
  std::string result;
  int deleted = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool goes =
        text[i] == '.' && deleted < kMaxPoints && (i + 1 == text.size() || !is_digit(text[i + 1]));
    if (goes) {
      ++deleted;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

eval::YesNo vlmevalkit_yes_no(const std::string& answer) {
  std::string text = answer;
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  text = without_points(without_marks(text));
  bool yes = false, no = false;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin;
    while (end < text.size() && !is_space(text[end])) ++end;
    const auto word = std::string_view(text).substr(begin, end - begin);
    yes = yes || word == "yes";
    no = no || word == "no";
    begin = end + 1;
  }
  return yes == no ? eval::YesNo::Neither : yes ? eval::YesNo::Yes : eval::YesNo::No;
}

}  // namespace plumbline::benchmarks
