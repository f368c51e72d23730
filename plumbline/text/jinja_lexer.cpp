#include "plumbline/text/jinja_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "plumbline/text/jinja_fault.h"
#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) {
  return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Longest first, so that "//" is not two divisions.
constexpr std::array<std::string_view, 26> kOperators = {
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[",
    "]",  "(",  ")",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";"};

class Lexer {
 public:
  explicit Lexer(std::string source) : source_(std::move(source)) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) text_and_tag();
    add(TokenKind::End, {});
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void fail(std::string expected, std::string got) {
    throw Fault{std::move(expected), std::move(got), line()};
  }

  // Positions only grow, so lines are counted once.
  int line() {
    line_ += static_cast<int>(std::count(source_.begin() + counted_,
                                         source_.begin() + static_cast<ptrdiff_t>(at_), '\n'));
    counted_ = static_cast<ptrdiff_t>(at_);
    return line_;
  }

  bool starts(std::string_view text) const { return source_.compare(at_, text.size(), text) == 0; }
  char peek(size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  Token& add(TokenKind kind, std::string text) {
    return tokens_.emplace_back(Token{.kind = kind, .text = std::move(text), .line = line()});
  }

  void skip_spaces() { at_ += leading_space(std::string_view(source_).substr(at_)); }
  size_t spaces_at(size_t at) const { return leading_space(std::string_view(source_).substr(at)); }

  // Template text up to a tag, and the tag's inside.
  void text_and_tag() {
    size_t open = at_;
    do {
      open = source_.find('{', open);
    } while (open != std::string::npos && !is_tag(open) && ++open);
    if (open == std::string::npos) {
      add(TokenKind::Text, source_.substr(at_));
      at_ = source_.size();
      return;
    }
    const char kind = source_[open + 1];
    const char sign = open + 2 < source_.size() ? source_[open + 2] : '\0';
    text_before(open, kind, sign);
    at_ = open + (sign == '-' || sign == '+' ? 3 : 2);
    if (kind == '#') {
      comment();
    } else if (kind == '%' && raw_begin()) {
      raw();
    } else {
      add(kind == '%' ? TokenKind::BlockBegin : TokenKind::OutputBegin, {});
      inside(kind);
    }
  }

  bool is_tag(size_t open) const {
    return open + 1 < source_.size() &&
           (source_[open + 1] == '{' || source_[open + 1] == '%' || source_[open + 1] == '#');
  }

  void text_before(size_t open, char kind, char sign) {
    std::string text = source_.substr(at_, open - at_);
    if (sign == '-') {
      text.resize(text.size() - trailing_space(text));
    } else if (sign != '+' && kind != '{') {
      const size_t last_break = text.rfind('\n');
      const size_t start = last_break == std::string::npos ? 0 : last_break + 1;
      const bool is_line_start = start > 0 || line_starting_;
      if (is_line_start &&
          leading_space(std::string_view(text).substr(start)) == text.size() - start)
        text.resize(start);
    }
    if (!text.empty()) add(TokenKind::Text, std::move(text));
  }

  // The end of a tag when it stands here: how it is spelt decides what goes with it.
  bool end_of(char kind) {
    const std::string_view closing = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    const size_t start = at_;
    if (starts(closing)) {
      at_ += 2;
      if (kind != '{' && peek() == '\n') ++at_;
    } else if (peek() == '-' && source_.compare(at_ + 1, 2, closing) == 0) {
      at_ += 3;
      skip_spaces();
    } else if (kind != '{' && peek() == '+' && source_.compare(at_ + 1, 2, closing) == 0) {
      at_ += 3;
    } else {
      return false;
    }
    line_starting_ = at_ > start && source_[at_ - 1] == '\n';
    return true;
  }

  // At the very end of the template Jinja does not miss its end; nor does raw().
  void comment() {
    if (at_ >= source_.size()) return;
    while (at_ < source_.size()) {
      if (end_of('#')) return;
      ++at_;
    }
    fail("the comment's end '#}'", "the end of the template");
  }

  // `raw %}`: no line break goes with it.
  bool raw_begin() {
    size_t at = at_ + spaces_at(at_);
    if (source_.compare(at, 3, "raw") != 0) return false;
    at += 3;
    at += spaces_at(at);
    if (source_.compare(at, 2, "%}") == 0) {
      at_ = at + 2;
      line_starting_ = false;
    } else if (source_.compare(at, 3, "-%}") == 0) {
      at_ = at + 3;
      skip_spaces();
      line_starting_ = source_[at_ - 1] == '\n';
    } else {
      return false;
    }
    return true;
  }

  void raw() {
    for (size_t open = source_.find("{%", at_); open != std::string::npos;
         open = source_.find("{%", open + 1)) {
      const char sign = open + 2 < source_.size() ? source_[open + 2] : '\0';
      size_t at = open + (sign == '-' || sign == '+' ? 3 : 2);
      at += spaces_at(at);
      if (source_.compare(at, 6, "endraw") != 0) continue;
      at += 6;
      at += spaces_at(at);
      const size_t begin = at_;
      at_ = at;
      if (const bool was_starting = line_starting_; end_of('%')) {
        const size_t end = at_;
        const bool starting = line_starting_;
        line_starting_ = was_starting;
        at_ = begin;
        text_before(open, '%', sign);
        at_ = end;
        line_starting_ = starting;
        return;
      }
      at_ = begin;
    }
    if (at_ < source_.size()) fail("{% endraw %}", "the end of the template");
  }

  // Names, numbers, strings and operators up to the tag's end.
  void inside(char kind) {
    std::string brackets;
    while (true) {
      skip_spaces();
      const int here = line();
      if (brackets.empty() && end_of(kind)) {
        add(kind == '%' ? TokenKind::BlockEnd : TokenKind::OutputEnd, {}).line = here;
        return;
      }
      if (at_ >= source_.size()) {
        fail(kind == '%' ? "the tag's end '%}'" : "the expression's end '}}'",
             "the end of the template");
      }
      if (is_digit(peek())) {
        number();
      } else if (is_name_char(peek())) {
        name();
      } else if (peek() == '\'' || peek() == '"') {
        string();
      } else {
        op(brackets);
      }
    }
  }

  void name() {
    const size_t start = at_;
    size_t end = at_;
    while (end < source_.size() && is_name_char(source_[end])) ++end;
    add(TokenKind::Name, source_.substr(start, end - start));
    at_ = end;
  }

  // Digits with single underscores between them; the end of the run.
  size_t digits_from(size_t at) const {
    while (at < source_.size() &&
           (is_digit(source_[at]) ||
            (source_[at] == '_' && at + 1 < source_.size() && is_digit(source_[at + 1]))))
      ++at;
    return at;
  }

  // The end of a float that starts here, or npos.
  size_t float_end() const {
    if (at_ > 0 && source_[at_ - 1] == '.') return std::string::npos;
    const auto digit = [&](size_t at) { return at < source_.size() && is_digit(source_[at]); };
    size_t end = digits_from(at_);
    bool is_float = false;
    if (end < source_.size() && source_[end] == '.' && digit(end + 1)) {
      end = digits_from(end + 1);
      is_float = true;
    }
    if (end < source_.size() && (source_[end] == 'e' || source_[end] == 'E')) {
      size_t power = end + 1;
      if (power < source_.size() && (source_[power] == '+' || source_[power] == '-')) ++power;
      if (digit(power)) return digits_from(power);
    }
    return is_float ? end : std::string::npos;
  }

  void number() {
    const size_t start = at_;
    const size_t end = float_end();
    if (end != std::string::npos) {
      Token& token = add(TokenKind::Float, plain_digits(start, end));
      token.number = std::strtod(token.text.c_str(), nullptr);
      if (!std::isfinite(token.number)) fail("a number that a double holds", token.text);
      at_ = end;
      return;
    }
    integer();
  }

  std::string plain_digits(size_t start, size_t end) const {
    std::string digits = source_.substr(start, end - start);
    std::erase(digits, '_');
    return digits;
  }

  void integer() {
    const size_t start = at_;
    const char second = static_cast<char>(peek(1) | 0x20);
    int base = peek() != '0' ? 10 : second == 'x' ? 16 : second == 'o' ? 8 : second == 'b' ? 2 : 10;
    size_t end = base == 10 ? digits_from(start) : based_end(start + 2, base);
    if (base != 10 && end == start + 2) base = 10, end = start + 1;  // "0" and a name
    if (base == 10 && source_[start] == '0') {                       // "01" is two numbers
      end = start + 1;
      while (end < source_.size() && (source_[end] == '0' || source_[end] == '_') &&
             (source_[end] == '0' || (end + 1 < source_.size() && source_[end + 1] == '0')))
        ++end;
    }
    Token& token = add(TokenKind::Integer, plain_digits(start, end));
    const char* first = token.text.data() + (base == 10 ? 0 : 2);
    const char* last = token.text.data() + token.text.size();
    if (std::from_chars(first, last, token.integer, base).ec != std::errc())
      fail("an integer of 64 bits", token.text);
    at_ = end;
  }

  size_t based_end(size_t at, int base) const {
    const auto is_in_base = [&](size_t i) {
      if (i >= source_.size()) return false;
      const char c = source_[i];
      const int value = is_digit(c)                              ? c - '0'
                        : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                                 : 99;
      return value < base;
    };
    while (is_in_base(at) || (at < source_.size() && source_[at] == '_' && is_in_base(at + 1)))
      ++at;
    return at;
  }

  void string() {
    const char quote = peek();
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) fail(fmt::format("a closing {}", quote), "the end of the template");
    const auto inner = std::string_view(source_).substr(at_ + 1, end - at_ - 1);
    add(TokenKind::String, unescape_literal(inner));
    at_ = end + 1;
  }

  void op(std::string& brackets) {
    for (const std::string_view known : kOperators) {
      if (!starts(known)) continue;
      balance(known.front(), brackets);
      add(TokenKind::Operator, std::string(known));
      at_ += known.size();
      return;
    }
    fail("an expression",
         fmt::format("'{}'", first_character(std::string_view(source_).substr(at_))));
  }

  void balance(char c, std::string& brackets) {
    if (c == '(') brackets += ')';
    if (c == '[') brackets += ']';
    if (c == '{') brackets += '}';
    if (c != ')' && c != ']' && c != '}') return;
    if (brackets.empty() || brackets.back() != c) {
      fail(brackets.empty() ? "an opening bracket first" : fmt::format("'{}'", brackets.back()),
           fmt::format("'{}'", c));
    }
    brackets.pop_back();
  }

  std::string source_;
  size_t at_ = 0;
  bool line_starting_ = true;  // the last tag took its line break, or nothing was read yet
  int line_ = 1;
  ptrdiff_t counted_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) {
  std::string text = with_plain_line_breaks(source);
  if (text.ends_with('\n')) text.pop_back();
  return Lexer(std::move(text)).run();
}

}  // namespace plumbline::text::jinja
