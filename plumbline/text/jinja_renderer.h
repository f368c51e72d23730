// Runs a parsed template.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/text/jinja_ast.h"
#include "plumbline/text/jinja_functions.h"
#include "plumbline/text/jinja_loop.h"
#include "plumbline/text/jinja_scope.h"

namespace plumbline::text::jinja {

// One rendering. Everything throws Fault; `line` tells where.
class Renderer {
 public:
  Renderer(Budget& budget, std::optional<std::tm> now) : budget_(budget), globals_(budget, now) {}

  void set(const std::string& name, Value value) { scope_->set(name, std::move(value)); }
  std::string run(const Block& body);
  int line() const { return line_; }

 private:
  // How a statement ended: Break and Continue look for the loop around them.
  enum class Flow { Next, Break, Continue };
  class Inner;  // a scope of its own, for the life of the object

  Flow execute(const Block& block);
  Flow execute(const Statement& statement);
  Flow execute_if(const Statement& statement);
  Flow execute_for(const Statement& statement);
  Flow execute_set_block(const Statement& statement);
  Flow execute_filter_block(const Statement& statement);
  Flow execute_with(const Statement& statement);
  void define_macro(const Statement& statement);
  Value call_macro(const Statement& macro, const Arguments& arguments);
  void bind_parameters(const Statement& macro, const Arguments& arguments);
  void bind_macro(const Statement& macro, const Arguments& arguments);
  std::shared_ptr<Iterator> filtered(const Statement& loop, std::shared_ptr<Iterator> items);

  void write(std::string_view text);
  // What `block` writes.
  Flow capture(const Block& block, std::string& text);
  void assign(const Target& target, const Value& value);
  static Value as_assigned(const Target& target, const Value& value, Budget& budget);

  Value evaluate(const Expression& expression);
  Value evaluate_kind(const Expression& expression);
  std::vector<Value> evaluate_all(const std::vector<ExpressionPtr>& expressions);
  Value evaluate_or_none(const ExpressionPtr& expression);
  Value look_up(const std::string& name);
  Value make_dict(const Expression& expression);
  Value concatenated(const Expression& expression);
  bool compared(const Expression& expression);
  Value conditional(const Expression& expression);
  Value called(const Expression& expression);
  Value filtered(const Expression& expression);
  bool tested(const Expression& expression);
  Arguments evaluate_arguments(const Expression& expression);

  Budget& budget_;
  Globals globals_;
  std::shared_ptr<Scope> scope_ = std::make_shared<Scope>(nullptr);
  std::string out_;
  std::string block_text_;  // what the filters of a block work on
  int line_ = 1;
};

}  // namespace plumbline::text::jinja
