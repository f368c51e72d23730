#include "plumbline/text/jinja_renderer.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_operators.h"
#include "plumbline/text/jinja_print.h"

namespace plumbline::text::jinja {

using Kind = Statement::Kind;

class Renderer::Inner {
 public:
  Inner(Renderer& renderer, std::shared_ptr<const Scope> parent)
      : renderer_(renderer), outer_(renderer.scope_) {
    renderer.scope_ = std::make_shared<Scope>(std::move(parent));
  }
  explicit Inner(Renderer& renderer) : Inner(renderer, renderer.scope_) {}
  ~Inner() { renderer_.scope_ = outer_; }
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;

 private:
  Renderer& renderer_;
  std::shared_ptr<Scope> outer_;
};

std::string Renderer::run(const Block& body) {
  execute(body);
  return std::move(out_);
}

Renderer::Flow Renderer::execute(const Block& block) {
  for (const Statement& statement : block) {
    const Flow flow = execute(statement);
    if (flow != Flow::Next) return flow;
  }
  return Flow::Next;
}

Renderer::Flow Renderer::execute(const Statement& statement) {
  const Budget::Level level(budget_);
  budget_.spend(1);
  line_ = statement.line;
  switch (statement.kind) {
    case Kind::Text:
      write(statement.text);
      return Flow::Next;
    case Kind::Output:
      write(str(budget_, evaluate(*statement.expression)));
      return Flow::Next;
    case Kind::If:
      return execute_if(statement);
    case Kind::For:
      return execute_for(statement);
    case Kind::Set:
      assign(statement.target, evaluate(*statement.expression));
      return Flow::Next;
    case Kind::SetBlock:
      return execute_set_block(statement);
    case Kind::FilterBlock:
      return execute_filter_block(statement);
    case Kind::With:
      return execute_with(statement);
    case Kind::Macro:
      define_macro(statement);
      return Flow::Next;
    case Kind::Scope: {
      const Inner inner(*this);
      return execute(statement.body);
    }
    case Kind::Break:
      return Flow::Break;
    case Kind::Continue:
      return Flow::Continue;
  }
  return Flow::Next;
}

Renderer::Flow Renderer::execute_if(const Statement& statement) {
  for (const auto& [condition, body] : statement.branches) {
    if (!condition || is_true(evaluate(*condition))) return execute(body);
  }
  return Flow::Next;
}

Renderer::Flow Renderer::execute_for(const Statement& statement) {
  const Value value = evaluate(*statement.expression);
  std::shared_ptr<Iterator> items = iterate(budget_, value);
  const bool has_size = !statement.condition && !value.as_iterator();
  const auto size = has_size ? std::optional(size_of(budget_, value)) : std::nullopt;
  if (statement.condition) items = filtered(statement, std::move(items));
  const auto loop = std::make_shared<Loop>(budget_, std::move(items), size);
  const auto finish = [](Loop* l) { l->finish(); };
  const std::unique_ptr<Loop, decltype(finish)> finished(loop.get(), finish);
  // Only a round that ends by itself counts for `else`, as in Jinja.
  bool any_round = false;
  while (const auto item = loop->advance()) {
    const Inner inner(*this);
    scope_->set("loop", Value(std::shared_ptr<Object>(loop)));
    assign(statement.target, *item);
    const Flow flow = execute(statement.body);
    if (flow == Flow::Break) break;
    any_round = any_round || flow == Flow::Next;
  }
  if (any_round || statement.otherwise.empty()) return Flow::Next;
  const Inner inner(*this);
  return execute(statement.otherwise);
}

// The items for which the loop's condition holds.
std::shared_ptr<Iterator> Renderer::filtered(const Statement& loop,
                                             std::shared_ptr<Iterator> items) {
  const int nesting = items->nesting() + 1;
  return std::make_shared<Iterator>(
      budget_, nesting,
      [this, &loop, items = std::move(items), scope = scope_]() -> std::optional<Value> {
        while (const auto item = items->next()) {
          const Inner inner(*this, scope);
          assign(loop.target, *item);
          if (is_true(evaluate(*loop.condition))) return as_assigned(loop.target, *item, budget_);
        }
        return std::nullopt;
      });
}

// What Python passes on of an item that it took apart: tuples.
Value Renderer::as_assigned(const Target& target, const Value& value, Budget& budget) {
  if (target.parts.empty()) return value;
  std::vector<Value> parts = collect(budget, value);
  for (size_t i = 0; i < parts.size(); ++i)
    parts[i] = as_assigned(target.parts[i], parts[i], budget);
  return make_tuple(budget, std::move(parts));
}

Renderer::Flow Renderer::capture(const Block& block, std::string& text) {
  std::string outer = std::exchange(out_, {});
  const Flow flow = execute(block);
  text = std::exchange(out_, std::move(outer));
  return flow;
}

Renderer::Flow Renderer::execute_set_block(const Statement& statement) {
  Value value;
  {
    const Inner inner(*this);
    std::string text;
    const Flow flow = capture(statement.body, text);
    if (flow != Flow::Next) return flow;
    block_text_ = std::move(text);
    value = statement.expression ? evaluate(*statement.expression) : Value(std::move(block_text_));
  }
  assign(statement.target, value);
  return Flow::Next;
}

Renderer::Flow Renderer::execute_filter_block(const Statement& statement) {
  const Inner inner(*this);
  std::string text;
  const Flow flow = capture(statement.body, text);
  if (flow != Flow::Next) return flow;
  block_text_ = std::move(text);
  write(str(budget_, evaluate(*statement.expression)));
  return Flow::Next;
}

Renderer::Flow Renderer::execute_with(const Statement& statement) {
  std::vector<Value> values;
  for (const auto& [target, expression] : statement.assignments)
    values.push_back(evaluate(*expression));
  const Inner inner(*this);
  for (size_t i = 0; i < values.size(); ++i) assign(statement.assignments[i].first, values[i]);
  return execute(statement.body);
}

void Renderer::define_macro(const Statement& macro) {
  // Weakly, for the scope holds the macro.
  const auto call = [this, &macro, around = std::weak_ptr<Scope>(scope_)](const Arguments& given) {
    const auto scope = around.lock();
    if (!scope) throw Fault{"a macro called inside the block that defines it", macro.text};
    const Inner inner(*this, scope);
    return call_macro(macro, given);
  };
  scope_->set(macro.text, std::shared_ptr<const Callable>(std::make_shared<const Callable>(
                              Callable{.name = macro.text, .call = call})));
}

Value Renderer::call_macro(const Statement& macro, const Arguments& arguments) {
  const int line = line_;
  bind_macro(macro, arguments);
  std::string text;
  capture(macro.body, text);
  line_ = line;
  return Value(std::move(text));
}

// A default sees the other parameters as they were given.
void Renderer::bind_parameters(const Statement& macro, const Arguments& arguments) {
  std::vector<const Statement::Parameter*> missing;
  for (size_t i = 0; i < macro.parameters.size(); ++i) {
    const auto& parameter = macro.parameters[i];
    const auto is_it = [&](const auto& named) { return named.first == parameter.name; };
    const auto named = std::find_if(arguments.named.begin(), arguments.named.end(), is_it);
    Value value = Value::undefined(fmt::format("'{}', which was not given", parameter.name));
    if (i < arguments.positional.size()) {
      value = arguments.positional[i];
    } else if (named != arguments.named.end()) {
      value = named->second;
    } else if (parameter.fallback) {
      missing.push_back(&parameter);
    }
    scope_->set(parameter.name, std::move(value));
  }
  for (const auto* parameter : missing)
    scope_->set(parameter->name, evaluate(*parameter->fallback));
}

void Renderer::bind_macro(const Statement& macro, const Arguments& arguments) {
  const size_t known = macro.parameters.size(), given = arguments.positional.size();
  Arguments more;
  for (const auto& named : arguments.named) {
    const auto is_it = [&](const auto& p) { return p.name == named.first; };
    const auto found = std::find_if(macro.parameters.begin(), macro.parameters.end(), is_it);
    const auto at = static_cast<size_t>(found - macro.parameters.begin());
    if (at < given && at < known)
      throw Fault{"every argument once", fmt::format("'{}' twice", named.first)};
    if (found == macro.parameters.end()) more.named.push_back(named);
  }
  if (given > known)
    more.positional.assign(arguments.positional.begin() + static_cast<ptrdiff_t>(known),
                           arguments.positional.end());
  if (!more.named.empty() && !macro.takes_more_named)
    throw Fault{fmt::format("arguments that '{}' takes", macro.text),
                fmt::format("'{}'", more.named.front().first)};
  if (!more.positional.empty() && !macro.takes_more_positional)
    throw Fault{fmt::format("at most {} arguments for '{}'", known, macro.text),
                fmt::format("{}", given)};
  bind_parameters(macro, arguments);
  if (macro.takes_more_positional) scope_->set("varargs", make_tuple(budget_, more.positional));
  if (!macro.takes_more_named) return;
  auto rest = std::make_shared<Dict>();
  for (const auto& [name, value] : more.named) rest->set(budget_, Value(name), value);
  scope_->set("kwargs", std::shared_ptr<const Dict>(std::move(rest)));
}

void Renderer::write(std::string_view text) {
  budget_.spend_more_text(out_.size() + text.size(), text.size());
  out_ += text;
}

void Renderer::assign(const Target& target, const Value& value) {
  if (!target.parts.empty()) {
    const std::vector<Value> parts = collect(budget_, value);
    if (parts.size() != target.parts.size())
      throw Fault{fmt::format("{} values to assign", target.parts.size()),
                  fmt::format("{}", parts.size())};
    for (size_t i = 0; i < parts.size(); ++i) assign(target.parts[i], parts[i]);
  } else if (target.attribute.empty()) {
    scope_->set(target.name, value);
  } else {
    const Value owner = look_up(target.name);
    auto* space = dynamic_cast<Namespace*>(owner.as_object());
    if (!space) throw Fault{fmt::format("a namespace as '{}'", target.name), owner.type_name()};
    space->set(budget_, target.attribute, value);
  }
}

}  // namespace plumbline::text::jinja
