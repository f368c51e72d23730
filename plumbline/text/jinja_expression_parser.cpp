#include "plumbline/text/jinja_expression_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_strings.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Expression::Kind;

std::string described(const Token& token) {
  switch (token.kind) {
    case TokenKind::Text:
      return "text";
    case TokenKind::OutputBegin:
      return "'{{'";
    case TokenKind::OutputEnd:
      return "'}}'";
    case TokenKind::BlockBegin:
      return "'{%'";
    case TokenKind::BlockEnd:
      return "'%}'";
    case TokenKind::String:
      return fmt::format("the text {}", python_quoted(token.text));
    case TokenKind::End:
      return "the end of the template";
    default:
      return fmt::format("'{}'", token.text);
  }
}

}  // namespace

bool ExpressionParser::is_operator(std::string_view text, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Operator && peek(ahead).text == text;
}

bool ExpressionParser::is_name(std::string_view text, size_t ahead) const {
  return peek(ahead).kind == TokenKind::Name && peek(ahead).text == text;
}

bool ExpressionParser::skip_operator(std::string_view text) {
  if (!is_operator(text)) return false;
  next();
  return true;
}

bool ExpressionParser::skip_name(std::string_view text) {
  if (!is_name(text)) return false;
  next();
  return true;
}

void ExpressionParser::expect_operator(std::string_view text) {
  if (!skip_operator(text)) fail(fmt::format("'{}'", text));
}

void ExpressionParser::expect_name(std::string_view text) {
  if (!skip_name(text)) fail(fmt::format("'{}'", text));
}

Token ExpressionParser::expect_any_name(std::string_view what) {
  if (peek().kind != TokenKind::Name) fail(std::string(what));
  return next();
}

void ExpressionParser::fail(std::string expected) const {
  fail(std::move(expected), described(peek()), peek().line);
}

void ExpressionParser::fail(std::string expected, std::string got, int line) const {
  throw Fault{std::move(expected), std::move(got), line};
}

void ExpressionParser::fail_nesting() {
  --nesting_;  // the level that failed is not destroyed
  fail(fmt::format("at most {} levels of nesting", max_nesting_), "more", peek().line);
}

ExpressionPtr ExpressionParser::make(Kind kind, int line, std::vector<ExpressionPtr> operands,
                                     std::string name) {
  auto expression =
      std::make_unique<Expression>(Expression{.kind = kind, .line = line, .name = std::move(name)});
  expression->operands = std::move(operands);
  return measured(std::move(expression));
}

// Long chains of operators are deep, too: whoever walks the tree recurses.
ExpressionPtr ExpressionParser::measured(ExpressionPtr expression) {
  int deepest = 0;
  for (const auto& operand : expression->operands) {
    if (operand) deepest = std::max(deepest, operand->nesting);
  }
  for (const auto& argument : expression->arguments)
    deepest = std::max(deepest, argument.value->nesting);
  expression->nesting = deepest + 1;
  if (expression->nesting > max_nesting_) {
    fail(fmt::format("at most {} levels of nesting", max_nesting_), "more", expression->line);
  }
  return expression;
}

ExpressionPtr ExpressionParser::expression() {
  const Level level(*this);
  int line = peek().line;
  ExpressionPtr value = disjunction();
  while (skip_name("if")) {
    ExpressionPtr condition = disjunction();
    ExpressionPtr other = skip_name("else") ? expression() : nullptr;
    value = make(Kind::Conditional, line,
                 parts(std::move(condition), std::move(value), std::move(other)));
    line = peek().line;
  }
  return value;
}

ExpressionPtr ExpressionParser::disjunction() {
  const int line = peek().line;
  ExpressionPtr left = conjunction();
  while (skip_name("or")) left = make(Kind::Or, line, parts(std::move(left), conjunction()));
  return left;
}

ExpressionPtr ExpressionParser::conjunction() {
  const int line = peek().line;
  ExpressionPtr left = negation();
  while (skip_name("and")) left = make(Kind::And, line, parts(std::move(left), negation()));
  return left;
}

ExpressionPtr ExpressionParser::negation() {
  const int line = peek().line;
  if (!skip_name("not")) return comparison();
  const Level level(*this);
  return make(Kind::Not, line, parts(negation()));
}

bool ExpressionParser::skip_comparison(std::string& op) {
  if (is_name("not") && is_name("in", 1)) {
    next();
    next();
    op = "not in";
    return true;
  }
  constexpr std::string_view kOperators[] = {"==", "!=", "<", "<=", ">", ">="};
  const bool is_one = is_name("in") || std::any_of(std::begin(kOperators), std::end(kOperators),
                                                   [&](auto known) { return is_operator(known); });
  if (is_one) op = next().text;
  return is_one;
}

ExpressionPtr ExpressionParser::comparison() {
  const int line = peek().line;
  std::vector<ExpressionPtr> operands = parts(addition());
  std::vector<std::string> operators;
  for (std::string op; skip_comparison(op);) {
    operators.push_back(op);
    operands.push_back(addition());
  }
  if (operators.empty()) return std::move(operands.front());
  ExpressionPtr value = make(Kind::Compare, line, std::move(operands));
  value->operators = std::move(operators);
  return value;
}

ExpressionPtr ExpressionParser::addition() {
  ExpressionPtr left = concatenation();
  while (is_operator("+") || is_operator("-")) {
    const Token op = next();
    left = make(Kind::Arithmetic, op.line, parts(std::move(left), concatenation()), op.text);
  }
  return left;
}

ExpressionPtr ExpressionParser::concatenation() {
  const int line = peek().line;
  std::vector<ExpressionPtr> operands = parts(multiplication());
  while (skip_operator("~")) operands.push_back(multiplication());
  if (operands.size() == 1) return std::move(operands.front());
  return make(Kind::Concat, line, std::move(operands));
}

ExpressionPtr ExpressionParser::multiplication() {
  ExpressionPtr left = exponentiation();
  while (is_operator("*") || is_operator("/") || is_operator("//") || is_operator("%")) {
    const Token op = next();
    left = make(Kind::Arithmetic, op.line, parts(std::move(left), exponentiation()), op.text);
  }
  return left;
}

ExpressionPtr ExpressionParser::exponentiation() {
  ExpressionPtr left = unary();
  while (is_operator("**")) {
    const Token op = next();
    left = make(Kind::Arithmetic, op.line, parts(std::move(left), unary()), op.text);
  }
  return left;
}

ExpressionPtr ExpressionParser::unary(bool with_filters) {
  const Level level(*this);
  const int line = peek().line;
  ExpressionPtr value;
  if (skip_operator("-")) {
    value = make(Kind::Negative, line, parts(unary(false)));
  } else if (skip_operator("+")) {
    value = make(Kind::Positive, line, parts(unary(false)));
  } else {
    value = primary();
  }
  value = postfix(std::move(value));
  return with_filters ? filters_and_tests(std::move(value)) : std::move(value);
}

ExpressionPtr ExpressionParser::primary() {
  const Token& token = peek();
  const int line = token.line;
  if (token.kind == TokenKind::Name) return name_or_constant();
  if (token.kind == TokenKind::String) {
    std::string text;  // texts side by side are one
    while (peek().kind == TokenKind::String) text += next().text;
    ExpressionPtr value = make(Kind::Literal, line);
    value->value = Value(std::move(text));
    return value;
  }
  if (token.kind == TokenKind::Integer || token.kind == TokenKind::Float) {
    ExpressionPtr value = make(Kind::Literal, line);
    value->value = token.kind == TokenKind::Integer ? Value(token.integer) : Value(token.number);
    next();
    return value;
  }
  if (is_operator("[")) return list();
  if (is_operator("{")) return dict();
  if (!skip_operator("(")) fail("an expression");
  ExpressionPtr value = is_operator(")") ? make(Kind::Tuple, line) : tuple();
  expect_operator(")");
  return value;
}

ExpressionPtr ExpressionParser::name_or_constant() {
  const Token token = next();
  const std::string& name = token.text;
  const bool is_true = name == "true" || name == "True";
  const bool is_none = name == "none" || name == "None";
  if (is_true || is_none || name == "false" || name == "False") {
    ExpressionPtr value = make(Kind::Literal, token.line);
    value->value = is_none ? Value() : Value(is_true);
    return value;
  }
  names_.insert(name);
  return make(Kind::Name, token.line, {}, name);
}

ExpressionPtr ExpressionParser::list() {
  const int line = next().line;
  std::vector<ExpressionPtr> items;
  while (!is_operator("]")) {
    if (!items.empty()) expect_operator(",");
    if (is_operator("]")) break;
    items.push_back(expression());
  }
  next();
  return make(Kind::List, line, std::move(items));
}

ExpressionPtr ExpressionParser::dict() {
  const int line = next().line;
  std::vector<ExpressionPtr> items;
  while (!is_operator("}")) {
    if (!items.empty()) expect_operator(",");
    if (is_operator("}")) break;
    items.push_back(expression());
    expect_operator(":");
    items.push_back(expression());
  }
  next();
  return make(Kind::Dict, line, std::move(items));
}

bool ExpressionParser::ends_tuple(std::string_view end) const {
  return peek().kind == TokenKind::OutputEnd || peek().kind == TokenKind::BlockEnd ||
         is_operator(")") || (!end.empty() && is_name(end));
}

ExpressionPtr ExpressionParser::tuple(bool with_condition, std::string_view end) {
  const Level level(*this);
  const int line = peek().line;
  std::vector<ExpressionPtr> items;
  bool is_tuple = false;
  while (!ends_tuple(end)) {
    items.push_back(with_condition ? expression() : disjunction());
    if (!skip_operator(",")) break;
    is_tuple = true;
  }
  if (items.empty()) fail("an expression");
  if (!is_tuple) return std::move(items.front());
  return make(Kind::Tuple, line, std::move(items));
}

Target ExpressionParser::target(bool with_attributes, std::string_view end) {
  const int line = peek().line;
  std::vector<Target> items;
  bool is_tuple = false;
  while (!ends_tuple(end) && !is_operator("=")) {
    if (with_attributes && peek().kind == TokenKind::Name && is_operator(".", 1)) {
      const std::string name = next().text;
      next();
      items.push_back({.name = name, .attribute = expect_any_name("an attribute").text});
      names_.insert(name);
    } else {
      auto outer_names = names_;
      const ExpressionPtr part = primary();
      names_ = std::move(outer_names);  // written, not read
      items.push_back(as_target(*part));
    }
    if (!skip_operator(",")) break;
    is_tuple = true;
  }
  if (items.empty()) fail("a name to assign to", described(peek()), line);
  if (!is_tuple) return std::move(items.front());
  return {.parts = std::move(items)};
}

Target ExpressionParser::as_target(const Expression& expression) const {
  if (expression.kind == Kind::Name) return {.name = expression.name};
  if (expression.kind != Kind::Tuple || expression.operands.empty())
    fail("a name to assign to", "an expression", expression.line);
  Target result;
  for (const auto& part : expression.operands) result.parts.push_back(as_target(*part));
  return result;
}

}  // namespace plumbline::text::jinja
