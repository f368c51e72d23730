// What stands behind a value: attributes, items, calls, filters and tests; part of
// ExpressionParser.
#include <fmt/format.h>

#include "plumbline/text/jinja_expression_parser.h"
#include "plumbline/text/jinja_filters.h"
#include "plumbline/text/jinja_tests.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Expression::Kind;

const std::string* literal_text(const std::vector<Argument>& arguments, size_t i) {
  if (i >= arguments.size() || !arguments[i].name.empty()) return nullptr;
  const Expression& value = *arguments[i].value;
  return value.kind == Kind::Literal ? value.value.as_text() : nullptr;
}

}  // namespace

ExpressionPtr ExpressionParser::postfix(ExpressionPtr value) {
  while (true) {
    if (is_operator(".")) {
      value = attribute(std::move(value));
    } else if (is_operator("[")) {
      value = subscript(std::move(value));
    } else if (is_operator("(")) {
      value = call(std::move(value));
    } else {
      return value;
    }
  }
}

ExpressionPtr ExpressionParser::filters_and_tests(ExpressionPtr value) {
  while (true) {
    if (skip_operator("|")) {
      value = filter(std::move(value));
    } else if (is_name("is")) {
      value = test(std::move(value));
    } else if (is_operator("(")) {
      value = call(std::move(value));
    } else {
      return value;
    }
  }
}

ExpressionPtr ExpressionParser::attribute(ExpressionPtr value) {
  const int line = next().line;
  const Token token = peek();
  if (token.kind == TokenKind::Name) {
    next();
    return make(Kind::Attribute, line, parts(std::move(value)), token.text);
  }
  if (token.kind != TokenKind::Integer) fail("a name or an integer behind '.'");
  ExpressionPtr index = make(Kind::Literal, line);
  index->value = Value(next().integer);
  return make(Kind::Item, line, parts(std::move(value), std::move(index)));
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr value) {
  const int line = next().line;
  std::vector<ExpressionPtr> items;
  if (skip_operator(":")) return slice(std::move(value), nullptr, line);
  while (!is_operator("]")) {
    if (!items.empty()) expect_operator(",");
    items.push_back(expression());
    if (items.size() == 1 && skip_operator(":"))
      return slice(std::move(value), std::move(items.front()), line);
  }
  next();
  ExpressionPtr index =
      items.size() == 1 ? std::move(items.front()) : make(Kind::Tuple, line, std::move(items));
  return make(Kind::Item, line, parts(std::move(value), std::move(index)));
}

// Behind the first colon.
ExpressionPtr ExpressionParser::slice(ExpressionPtr value, ExpressionPtr start, int line) {
  ExpressionPtr stop, step;
  if (!is_operator(":") && !is_operator("]")) stop = expression();
  if (skip_operator(":") && !is_operator("]")) step = expression();
  expect_operator("]");
  return make(Kind::Slice, line,
              parts(std::move(value), std::move(start), std::move(stop), std::move(step)));
}

std::vector<Argument> ExpressionParser::arguments() {
  expect_operator("(");
  std::vector<Argument> result;
  bool is_named = false;
  while (!is_operator(")")) {
    if (!result.empty()) expect_operator(",");
    if (is_operator(")")) break;
    if (is_operator("*") || is_operator("**"))
      fail("no arguments taken out of a list or dict, which are not supported");
    Argument argument;
    if (peek().kind == TokenKind::Name && is_operator("=", 1)) {
      argument.name = next().text;
      next();
      is_named = true;
    } else if (is_named) {
      fail("a named argument behind another");
    }
    argument.value = expression();
    result.push_back(std::move(argument));
  }
  next();
  return result;
}

ExpressionPtr ExpressionParser::call(ExpressionPtr callee) {
  ExpressionPtr value = make(Kind::Call, peek().line, parts(std::move(callee)));
  value->arguments = arguments();
  return measured(std::move(value));
}

// Filters and tests may have dots in their names; no supported one has.
Token ExpressionParser::dotted_name(std::string_view what) {
  Token name = expect_any_name(what);
  while (skip_operator(".")) name.text += "." + expect_any_name(what).text;
  return name;
}

ExpressionPtr ExpressionParser::filter(ExpressionPtr value) {
  const Token name = dotted_name("the name of a filter");
  ExpressionPtr result = make(Kind::Filter, name.line, parts(std::move(value)), name.text);
  if (is_operator("(")) result->arguments = arguments();
  check_filter(*result);
  return measured(std::move(result));
}

// Unknown names are refused here, in branches that are never taken too.
void ExpressionParser::check_filter(const Expression& filter) const {
  const auto known = [&](const std::string& name) {
    if (!find_filter(name))
      fail("a filter that is supported", fmt::format("'{}'", name), filter.line);
  };
  known(filter.name);
  const bool of_attribute = filter.name == "selectattr" || filter.name == "rejectattr";
  const bool selects = of_attribute || filter.name == "select" || filter.name == "reject";
  if (const auto* mapped = literal_text(filter.arguments, 0); mapped && filter.name == "map")
    known(*mapped);
  const auto* name = selects ? literal_text(filter.arguments, of_attribute ? 1 : 0) : nullptr;
  if (name && !find_test(*name))
    fail("a test that is supported", fmt::format("'{}'", *name), filter.line);
}

ExpressionPtr ExpressionParser::block_filters() {
  ExpressionPtr value;
  do {
    value = filter(std::move(value));
  } while (skip_operator("|"));
  return value;
}

bool ExpressionParser::begins_test_argument() const {
  const TokenKind kind = peek().kind;
  if (kind == TokenKind::Name) return !is_name("else") && !is_name("or") && !is_name("and");
  return kind == TokenKind::String || kind == TokenKind::Integer || kind == TokenKind::Float ||
         is_operator("[") || is_operator("{");
}

ExpressionPtr ExpressionParser::test(ExpressionPtr value) {
  const int line = next().line;
  const bool is_negated = skip_name("not");
  const Token name = dotted_name("the name of a test");
  if (!find_test(name.text))
    fail("a test that is supported", fmt::format("'{}'", name.text), name.line);
  ExpressionPtr result = make(Kind::Test, line, parts(std::move(value)), name.text);
  if (is_operator("(")) {
    result->arguments = arguments();
  } else if (begins_test_argument()) {
    if (is_name("is")) fail("one test, not tests in a row");
    ExpressionPtr argument = primary();
    result->arguments.push_back({.name = {}, .value = postfix(std::move(argument))});
  }
  result = measured(std::move(result));
  return is_negated ? make(Kind::Not, line, parts(std::move(result))) : std::move(result);
}

}  // namespace plumbline::text::jinja
