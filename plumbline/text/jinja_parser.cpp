#include "plumbline/text/jinja_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "plumbline/text/jinja_expression_parser.h"

namespace plumbline::text::jinja {
namespace {

using Kind = Statement::Kind;
using Names = std::vector<std::string_view>;

bool assigns(const Target& target, std::string_view name) {
  return (target.name == name && target.attribute.empty()) ||
         std::any_of(target.parts.begin(), target.parts.end(),
                     [&](const Target& part) { return assigns(part, name); });
}

class Parser {
 public:
  Parser(std::string_view source, const ChatTemplateLimits& limits)
      : in_(tokenize(source), limits.nesting) {}

  Block run() { return block({}); }

 private:
  using Level = ExpressionParser::Level;

  // Statements up to a tag of one of these names, whose name is not taken; to the end of the
  // template without names.
  Block block(const Names& ends) {
    const Level level(in_);
    Block body;
    while (in_.peek().kind != TokenKind::End) {
      const Token token = in_.next();
      if (token.kind == TokenKind::Text) {
        body.push_back({.kind = Kind::Text, .line = token.line, .text = token.text});
      } else if (token.kind == TokenKind::OutputBegin) {
        body.push_back({.kind = Kind::Output, .line = token.line, .expression = in_.tuple()});
        expect(TokenKind::OutputEnd, "'}}'");
      } else {
        const bool is_end =
            std::any_of(ends.begin(), ends.end(), [&](auto name) { return in_.is_name(name); });
        if (is_end) return body;
        body.push_back(tag());
        end_tag();
      }
    }
    if (!ends.empty()) in_.fail(fmt::format("'{{% {} %}}'", ends.back()));
    return body;
  }

  // The body of a tag whose head was read, and the name of the tag that ends it.
  Block body(const Names& ends) {
    in_.skip_operator(":");
    end_tag();
    return block(ends);
  }

  Block body_to(std::string_view end) {
    Block result = body({end});
    in_.next();
    return result;
  }

  void expect(TokenKind kind, const char* what) {
    if (in_.peek().kind != kind) in_.fail(what);
    in_.next();
  }
  void end_tag() { expect(TokenKind::BlockEnd, "'%}'"); }

  Statement tag() {
    const Token name = in_.expect_any_name("the name of a tag");
    struct Tag {
      std::string_view name;
      Statement (Parser::*parse)(int line);
    };
    static constexpr Tag kTags[] = {
        {"for", &Parser::for_tag},
        {"if", &Parser::if_tag},
        {"set", &Parser::set_tag},
        {"macro", &Parser::macro_tag},
        {"filter", &Parser::filter_tag},
        {"with", &Parser::with_tag},
        {"generation", &Parser::generation_tag},
        {"break", &Parser::break_tag},
        {"continue", &Parser::continue_tag},
    };
    for (const Tag& known : kTags) {
      if (known.name == name.text) return (this->*known.parse)(name.line);
    }
    in_.fail("a tag that is supported", fmt::format("'{}'", name.text), name.line);
  }

  Statement for_tag(int line) {
    Statement loop{.kind = Kind::For, .line = line};
    loop.target = in_.target(/*with_attributes=*/false, "in");
    check_loop_name(loop.target, line, /*is_inside=*/true);
    in_.expect_name("in");
    loop.expression = in_.tuple(/*with_condition=*/false, "recursive");
    if (in_.skip_name("if")) loop.condition = in_.expression();
    if (in_.is_name("recursive")) in_.fail("a loop that is not recursive, which is not supported");
    ++loops_, ++enclosing_loops_;
    loop.body = body({"else", "endfor"});
    --loops_;
    if (in_.next().text == "else") loop.otherwise = body_to("endfor");
    --enclosing_loops_;
    return loop;
  }

  // Jinja keeps `loop` for itself anywhere inside a loop.
  void check_loop_name(const Target& target, int line, bool is_inside) {
    if (is_inside && assigns(target, "loop"))
      in_.fail("a name other than 'loop' to assign to in a loop", "'loop'", line);
  }

  Statement if_tag(int line) {
    Statement choice{.kind = Kind::If, .line = line};
    while (true) {
      ExpressionPtr condition = in_.tuple(/*with_condition=*/false);
      Block then = body({"elif", "else", "endif"});
      choice.branches.push_back({std::move(condition), std::move(then)});
      const auto ending = in_.next();
      if (ending.text == "elif") continue;
      if (ending.text == "else") choice.branches.push_back({nullptr, body_to("endif")});
      return choice;
    }
  }

  Statement set_tag(int line) {
    Statement set{.kind = Kind::Set, .line = line};
    set.target = in_.target(/*with_attributes=*/true);
    check_loop_name(set.target, line, enclosing_loops_ > 0);
    if (in_.skip_operator("=")) {
      set.expression = in_.tuple();
      return set;
    }
    set.kind = Kind::SetBlock;
    if (in_.skip_operator("|")) set.expression = in_.block_filters();
    set.body = body_to("endset");
    return set;
  }

  Statement macro_tag(int line) {
    Statement macro{.kind = Kind::Macro, .line = line};
    macro.text = in_.expect_any_name("the name of a macro").text;
    macro.parameters = parameters();
    const auto outer_names = in_.take_names();
    // `break` does not reach out of a macro.
    const int loops = std::exchange(loops_, 0);
    macro.body = body_to("endmacro");
    loops_ = loops;
    const auto names = in_.take_names();
    in_.add_names(names);
    in_.add_names(outer_names);
    if (names.contains("caller"))
      in_.fail("no 'caller' in a macro, which is not supported", "'caller'", line);
    macro.takes_more_positional = names.contains("varargs");
    macro.takes_more_named = names.contains("kwargs");
    return macro;
  }

  std::vector<Statement::Parameter> parameters() {
    std::vector<Statement::Parameter> result;
    in_.expect_operator("(");
    while (!in_.is_operator(")")) {
      if (!result.empty()) in_.expect_operator(",");
      const Token name = in_.expect_any_name("the name of a parameter");
      if (name.text == "caller" || name.text == "varargs" || name.text == "kwargs")
        in_.fail("another name for a parameter", fmt::format("'{}'", name.text), name.line);
      const bool is_known = std::any_of(result.begin(), result.end(),
                                        [&](const auto& p) { return p.name == name.text; });
      if (is_known)
        in_.fail("every parameter once", fmt::format("'{}' twice", name.text), name.line);
      ExpressionPtr fallback = in_.skip_operator("=") ? in_.expression() : nullptr;
      if (!fallback && !result.empty() && result.back().fallback)
        in_.fail("a default, as the parameter before has one", fmt::format("'{}'", name.text),
                 name.line);
      result.push_back({name.text, std::move(fallback)});
    }
    in_.next();
    return result;
  }

  Statement filter_tag(int line) {
    Statement filter{.kind = Kind::FilterBlock, .line = line};
    filter.expression = in_.block_filters();
    filter.body = body_to("endfilter");
    return filter;
  }

  Statement with_tag(int line) {
    Statement with{.kind = Kind::With, .line = line};
    while (in_.peek().kind != TokenKind::BlockEnd && !in_.is_operator(":")) {
      if (!with.assignments.empty()) in_.expect_operator(",");
      const Token name = in_.expect_any_name("a name to assign to");
      Target target{.name = name.text};
      in_.expect_operator("=");
      with.assignments.emplace_back(std::move(target), in_.expression());
    }
    with.body = body_to("endwith");
    return with;
  }

  Statement generation_tag(int line) {
    Statement scope{.kind = Kind::Scope, .line = line};
    // To Jinja this is a macro that is called at once.
    const int loops = std::exchange(loops_, 0);
    scope.body = body_to("endgeneration");
    loops_ = loops;
    return scope;
  }

  Statement break_tag(int line) { return jump(Kind::Break, "break", line); }
  Statement continue_tag(int line) { return jump(Kind::Continue, "continue", line); }

  Statement jump(Kind kind, const char* name, int line) {
    if (loops_ == 0) in_.fail(fmt::format("a loop around '{}'", name), "none", line);
    return {.kind = kind, .line = line};
  }

  ExpressionParser in_;
  int loops_ = 0;            // that a `break` here could end
  int enclosing_loops_ = 0;  // of any kind, through macros
};

}  // namespace

Block parse(std::string_view source, const ChatTemplateLimits& limits) {
  return Parser(source, limits).run();
}

}  // namespace plumbline::text::jinja
