// The expressions of a rendering; part of Renderer.
#include <fmt/format.h>

#include "plumbline/text/jinja_filters.h"
#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_print.h"
#include "plumbline/text/jinja_renderer.h"
#include "plumbline/text/jinja_tests.h"

namespace plumbline::text::jinja {

using Kind = Expression::Kind;

Value Renderer::evaluate(const Expression& expression) {
  const Budget::Level level(budget_);
  budget_.spend(1);
  line_ = expression.line;
  return evaluate_kind(expression);
}

Value Renderer::evaluate_kind(const Expression& expression) {
  const auto operand = [&](size_t i) { return evaluate(*expression.operands[i]); };
  switch (expression.kind) {
    case Kind::Literal:
      return expression.value;
    case Kind::Name:
      return look_up(expression.name);
    case Kind::List:
      return make_list(budget_, evaluate_all(expression.operands));
    case Kind::Tuple:
      return make_tuple(budget_, evaluate_all(expression.operands));
    case Kind::Dict:
      return make_dict(expression);
    case Kind::Negative:
      return negative(operand(0));
    case Kind::Positive:
      return positive(operand(0));
    case Kind::Not:
      return !is_true(operand(0));
    case Kind::And: {
      const Value left = operand(0);
      return is_true(left) ? operand(1) : left;
    }
    case Kind::Or: {
      const Value left = operand(0);
      return is_true(left) ? left : operand(1);
    }
    case Kind::Arithmetic: {
      const Value left = operand(0);
      return arithmetic(budget_, expression.name, left, operand(1));
    }
    case Kind::Concat:
      return concatenated(expression);
    case Kind::Compare:
      return compared(expression);
    case Kind::Conditional:
      return conditional(expression);
    case Kind::Attribute:
      return get_attribute(budget_, operand(0), expression.name);
    case Kind::Item: {
      const Value value = operand(0);
      return get_item(budget_, value, operand(1));
    }
    case Kind::Slice: {
      const Value value = operand(0);
      const Value start = evaluate_or_none(expression.operands[1]);
      const Value stop = evaluate_or_none(expression.operands[2]);
      return slice(budget_, value, start, stop, evaluate_or_none(expression.operands[3]));
    }
    case Kind::Call:
      return called(expression);
    case Kind::Filter:
      return filtered(expression);
    case Kind::Test:
      return tested(expression);
  }
  return {};
}

std::vector<Value> Renderer::evaluate_all(const std::vector<ExpressionPtr>& expressions) {
  std::vector<Value> values;
  values.reserve(expressions.size());
  for (const auto& expression : expressions) values.push_back(evaluate(*expression));
  return values;
}

Value Renderer::evaluate_or_none(const ExpressionPtr& expression) {
  return expression ? evaluate(*expression) : Value();
}

Value Renderer::look_up(const std::string& name) {
  if (const Value* found = scope_->find(name)) return *found;
  if (auto function = global_function(globals_, name)) return *std::move(function);
  return Value::undefined(fmt::format("'{}', which is undefined", name));
}

Value Renderer::make_dict(const Expression& expression) {
  auto dict = std::make_shared<Dict>();
  for (size_t i = 0; i < expression.operands.size(); i += 2) {
    const Value key = evaluate(*expression.operands[i]);
    dict->set(budget_, key, evaluate(*expression.operands[i + 1]));
  }
  return std::shared_ptr<const Dict>(std::move(dict));
}

Value Renderer::concatenated(const Expression& expression) {
  std::string text;
  for (const Value& value : evaluate_all(expression.operands)) {
    const std::string part = str(budget_, value);
    budget_.spend_more_text(text.size() + part.size(), part.size());
    text += part;
  }
  return Value(std::move(text));
}

// a < b < c: every operand once, up to the first comparison that fails.
bool Renderer::compared(const Expression& expression) {
  Value left = evaluate(*expression.operands[0]);
  for (size_t i = 0; i < expression.operators.size(); ++i) {
    Value right = evaluate(*expression.operands[i + 1]);
    if (!compare(budget_, expression.operators[i], left, right)) return false;
    left = std::move(right);
  }
  return true;
}

Value Renderer::conditional(const Expression& expression) {
  if (is_true(evaluate(*expression.operands[0]))) return evaluate(*expression.operands[1]);
  if (expression.operands[2]) return evaluate(*expression.operands[2]);
  return Value::undefined("an inline 'if' without 'else' whose condition is false");
}

Value Renderer::called(const Expression& expression) {
  const Value callee = evaluate(*expression.operands[0]);
  const Arguments arguments = evaluate_arguments(expression);
  require_defined(callee);
  if (!callee.as_callable())
    throw Fault{"something that can be called", fmt::format("a {}", callee.type_name())};
  return callee.as_callable()->call(arguments);
}

Value Renderer::filtered(const Expression& expression) {
  const auto& input = expression.operands[0];
  const Value value = input ? evaluate(*input) : Value(block_text_);
  return apply_filter(budget_, expression.name, value, evaluate_arguments(expression));
}

bool Renderer::tested(const Expression& expression) {
  const Value value = evaluate(*expression.operands[0]);
  return apply_test(budget_, expression.name, value, evaluate_arguments(expression));
}

Arguments Renderer::evaluate_arguments(const Expression& expression) {
  Arguments arguments;
  for (const Argument& argument : expression.arguments) {
    Value value = evaluate(*argument.value);
    if (argument.name.empty()) {
      arguments.positional.push_back(std::move(value));
    } else {
      arguments.named.emplace_back(argument.name, std::move(value));
    }
  }
  return arguments;
}

}  // namespace plumbline::text::jinja
