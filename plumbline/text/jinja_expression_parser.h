// Expressions of a template, from its tokens.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plumbline/text/jinja_ast.h"
#include "plumbline/text/jinja_lexer.h"

namespace plumbline::text::jinja {

// Reads tokens from the front. Everything throws Fault with a line. The grammar and its precedence
// are Jinja's, which differ from Python's in places: `-a ** b` is (-a) ** b, and filters bind
// tighter than any operator.
// Source: Jinja 3.1.6, parser.py.
class ExpressionParser {
 public:
  ExpressionParser(std::vector<Token> tokens, int64_t max_nesting)
      : tokens_(std::move(tokens)), max_nesting_(max_nesting) {}

  const Token& peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  Token next() {
    const Token token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool is_operator(std::string_view text, size_t ahead = 0) const;
  bool is_name(std::string_view text, size_t ahead = 0) const;
  bool skip_operator(std::string_view text);
  bool skip_name(std::string_view text);
  void expect_operator(std::string_view text);
  void expect_name(std::string_view text);
  Token expect_any_name(std::string_view what);
  [[noreturn]] void fail(std::string expected) const;
  [[noreturn]] void fail(std::string expected, std::string got, int line) const;

  ExpressionPtr expression();
  // An expression, or several with commas: a tuple. `with_condition` false leaves `if` alone, which
  // in a loop's head begins the filter; `end` is a name that ends a tuple behind a last comma.
  ExpressionPtr tuple(bool with_condition = true, std::string_view end = {});
  // `(name=value, ...)`.
  std::vector<Argument> arguments();
  // `name(arguments) | name ...` without the first bar, for blocks.
  ExpressionPtr block_filters();
  // A name, a namespace's attribute or a tuple of those. `end` as above.
  Target target(bool with_attributes, std::string_view end = {});

  // Names read since the last call.
  std::set<std::string> take_names() { return std::exchange(names_, {}); }
  void add_names(const std::set<std::string>& names) { names_.insert(names.begin(), names.end()); }

  // One level of nesting in the source, for the life of the object.
  class Level {
   public:
    explicit Level(ExpressionParser& parser) : parser_(parser) {
      if (++parser.nesting_ > parser.max_nesting_) parser.fail_nesting();
    }
    ~Level() { --parser_.nesting_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    ExpressionParser& parser_;
  };

 private:
  friend class Level;
  [[noreturn]] void fail_nesting();

  template <typename... Parts>
  static std::vector<ExpressionPtr> parts(Parts... expressions) {
    std::vector<ExpressionPtr> result;
    (result.push_back(std::move(expressions)), ...);
    return result;
  }

  ExpressionPtr disjunction();
  ExpressionPtr conjunction();
  ExpressionPtr negation();
  ExpressionPtr comparison();
  ExpressionPtr addition();
  ExpressionPtr concatenation();
  ExpressionPtr multiplication();
  ExpressionPtr exponentiation();
  ExpressionPtr unary(bool with_filters = true);
  ExpressionPtr primary();
  ExpressionPtr name_or_constant();
  ExpressionPtr list();
  ExpressionPtr dict();
  ExpressionPtr postfix(ExpressionPtr value);
  ExpressionPtr filters_and_tests(ExpressionPtr value);
  ExpressionPtr attribute(ExpressionPtr value);
  ExpressionPtr subscript(ExpressionPtr value);
  ExpressionPtr slice(ExpressionPtr value, ExpressionPtr start, int line);
  ExpressionPtr call(ExpressionPtr callee);
  ExpressionPtr filter(ExpressionPtr value);
  ExpressionPtr test(ExpressionPtr value);
  Token dotted_name(std::string_view what);
  bool begins_test_argument() const;
  bool ends_tuple(std::string_view end) const;
  bool skip_comparison(std::string& op);
  void check_filter(const Expression& filter) const;
  Target as_target(const Expression& expression) const;

  ExpressionPtr make(Expression::Kind kind, int line, std::vector<ExpressionPtr> operands = {},
                     std::string name = {});
  ExpressionPtr measured(ExpressionPtr expression);

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int64_t nesting_ = 0;
  int64_t max_nesting_;
  std::set<std::string> names_;
};

}  // namespace plumbline::text::jinja
