// A template's source as tokens, with white space already trimmed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::text::jinja {

enum class TokenKind {
  Text,         // template text, as it is printed
  OutputBegin,  // {{
  OutputEnd,
  BlockBegin,  // {%
  BlockEnd,
  Name,
  String,  // its value, escapes resolved
  Integer,
  Float,
  Operator,
  End
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;  // of names, strings and operators as they are meant; of numbers, their digits
  int line = 0;
  int64_t integer = 0;
  double number = 0;
};

// Comments are dropped, raw blocks are text. One line break at the end of the source is dropped,
// and every line break is "\n". A tag takes the blanks before it when nothing else stands before it
// on its line, and the line break after it; `-` takes all white space, `+` none. Ends with
// TokenKind::End. Throws Fault with a line.
std::vector<Token> tokenize(std::string_view source);

}  // namespace plumbline::text::jinja
