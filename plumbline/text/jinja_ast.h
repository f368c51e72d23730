// A parsed template.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/text/jinja_value.h"

namespace plumbline::text::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

// An argument of a call; by position when `name` is empty.
struct Argument {
  std::string name;
  ExpressionPtr value;
};

struct Expression {
  enum class Kind {
    Literal,      // value
    Name,         // name
    List,         // operands
    Tuple,        // operands
    Dict,         // operands: key, value, key, value, ...
    Negative,     // operands[0], also the next two
    Positive,     //
    Not,          //
    And,          // operands[0], operands[1], also Or
    Or,           //
    Arithmetic,   // operands[0] name operands[1]
    Concat,       // operands, as texts
    Compare,      // operands[0] operators[0] operands[1] operators[1] operands[2] ...
    Conditional,  // operands: condition, value, other value (may be null)
    Attribute,    // operands[0].name
    Item,         // operands[0][operands[1]]
    Slice,        // operands[0][operands[1]:operands[2]:operands[3]], null where missing
    Call,         // operands[0](arguments)
    Filter,       // operands[0] | name(arguments); operands[0] null: the text of a block
    Test          // operands[0] is name(arguments)
  };
  Kind kind;
  int line;
  int nesting = 1;
  Value value = {};
  std::string name = {};
  std::vector<ExpressionPtr> operands = {};
  std::vector<std::string> operators = {};
  std::vector<Argument> arguments = {};
};

// What `set`, `for` and `with` assign to.
struct Target {
  std::string name = {};           // empty: `parts`
  std::string attribute = {};      // of the namespace `name`, when not empty
  std::vector<Target> parts = {};  // what a tuple is taken apart into
};

struct Statement;
using Block = std::vector<Statement>;

struct Statement {
  enum class Kind {
    Text,         // text
    Output,       // expression
    If,           // branches, the last without condition if there is an else
    For,          // for target in expression if condition: body, else: otherwise
    Set,          // target = expression
    SetBlock,     // target = body, through the filters of `expression` if any
    FilterBlock,  // body through the filters of `expression`
    With,         // assignments, then body
    Macro,        // text is its name; parameters, body
    Scope,        // body, with names of its own: a generation block
    Break,
    Continue
  };
  struct Branch {
    ExpressionPtr condition;
    Block body;
  };
  struct Parameter {
    std::string name;
    ExpressionPtr fallback;  // may be null
  };
  Kind kind;
  int line;
  std::string text = {};
  Target target = {};
  ExpressionPtr expression = {};
  ExpressionPtr condition = {};
  Block body = {};
  Block otherwise = {};
  std::vector<Branch> branches = {};
  std::vector<std::pair<Target, ExpressionPtr>> assignments = {};
  std::vector<Parameter> parameters = {};
  bool takes_more_positional = false;  // a macro that reads `varargs`
  bool takes_more_named = false;       // a macro that reads `kwargs`
};

struct Program {
  Block body;
  std::string where;
  ChatTemplateLimits limits;
};

}  // namespace plumbline::text::jinja
