#include "plumbline/text/jinja_lexer.h"

#include <gmock/gmock.h>

#include "tests/unit/text/jinja_support.h"

namespace plumbline::text::jinja {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Tokens as texts, with a letter for text, strings and tags.
std::vector<std::string> tokens(const std::string& source) {
  std::vector<std::string> out;
  for (const Token& token : tokenize(source)) {
    switch (token.kind) {
      case TokenKind::Text:
        out.push_back("T:" + token.text);
        break;
      case TokenKind::String:
        out.push_back("S:" + token.text);
        break;
      case TokenKind::OutputBegin:
        out.emplace_back("{{");
        break;
      case TokenKind::OutputEnd:
        out.emplace_back("}}");
        break;
      case TokenKind::BlockBegin:
        out.emplace_back("{%");
        break;
      case TokenKind::BlockEnd:
        out.emplace_back("%}");
        break;
      case TokenKind::End:
        break;
      default:
        out.push_back(token.text);
    }
  }
  return out;
}

TEST(JinjaLexer, TextAndTags) {
  EXPECT_THAT(tokens("a {{ b }} { c"), ElementsAre("T:a ", "{{", "b", "}}", "T: { c"));
  EXPECT_THAT(tokens(""), ElementsAre());
  EXPECT_THAT(tokens("{{{'a':{}}}}"), ElementsAre("{{", "{", "S:a", ":", "{", "}", "}", "}}"));
  EXPECT_THAT(tokens("{{ a//b**-1 }}"), ElementsAre("{{", "a", "//", "b", "**", "-", "1", "}}"));
}

TEST(JinjaLexer, BlocksTakeTheirLine) {
  EXPECT_THAT(tokens("a\n  {% x %}\n  b"), ElementsAre("T:a\n", "{%", "x", "%}", "T:  b"));
  EXPECT_THAT(tokens("a {% x %} b"), ElementsAre("T:a ", "{%", "x", "%}", "T: b"));
  EXPECT_THAT(tokens("a\n {{ x }}\n b"), ElementsAre("T:a\n ", "{{", "x", "}}", "T:\n b"));
  EXPECT_THAT(tokens("\n {# c #}\nb"), ElementsAre("T:\n", "T:b"));
}

TEST(JinjaLexer, SignsDecideAboutWhiteSpace) {
  EXPECT_THAT(tokens("a \n {%- x -%} \n b"), ElementsAre("T:a", "{%", "x", "%}", "T:b"));
  EXPECT_THAT(tokens("a\n {%+ x +%}\nb"), ElementsAre("T:a\n ", "{%", "x", "%}", "T:\nb"));
  EXPECT_THAT(tokens("a\u00A0{{- x -}}\u3000b"), ElementsAre("T:a", "{{", "x", "}}", "T:b"));
}

TEST(JinjaLexer, LineBreaksAreUniform) {
  EXPECT_THAT(tokens("a\r\nb\rc\n"), ElementsAre("T:a\nb\nc"));
  EXPECT_THAT(tokens("a\n\n"), ElementsAre("T:a\n"));
}

TEST(JinjaLexer, RawIsText) {
  EXPECT_THAT(tokens("{% raw %}\n{{ x }} {% if %}{% endraw %}\ny"),
              ElementsAre("T:\n{{ x }} {% if %}", "T:y"));
}

TEST(JinjaLexer, NumbersAndEscapes) {
  const auto parsed = tokenize("{{ 0x1F 1_000 2.5e1 '\\n\\x41\\u00e9' }}");
  EXPECT_EQ(parsed[1].integer, 31);
  EXPECT_EQ(parsed[2].integer, 1000);
  EXPECT_EQ(parsed[3].number, 25.0);
  EXPECT_EQ(parsed[4].text, "\nAé");
}

TEST(JinjaLexer, TokensKnowTheirLine) {
  const auto parsed = tokenize("a\n{#\n#}\n{{\nx }}");
  EXPECT_EQ(parsed[1].line, 4);
  EXPECT_EQ(parsed[2].line, 5);
}

TEST(JinjaLexer, FaultsAreNamed) {
  EXPECT_THAT(fault_of([] { tokenize("{{ 'a }}"); }), HasSubstr("a closing '"));
  EXPECT_THAT(fault_of([] { tokenize("{{ a ? }}"); }), HasSubstr("got '?'"));
  EXPECT_EQ(fault_of([] { tokenize("{{ (a] }}"); }), "')', got ']'");
  EXPECT_EQ(fault_of([] { tokenize("{{ a ) }}"); }), "an opening bracket first, got ')'");
  EXPECT_THAT(fault_of([] { tokenize("{% x "); }), HasSubstr("the tag's end '%}'"));
  EXPECT_THAT(fault_of([] { tokenize("{{ x "); }), HasSubstr("the expression's end '}}'"));
  EXPECT_THAT(fault_of([] { tokenize("{# x "); }), HasSubstr("the comment's end '#}'"));
  EXPECT_THAT(fault_of([] { tokenize("{% raw %} x "); }), HasSubstr("{% endraw %}"));
  EXPECT_THAT(fault_of([] { tokenize("{{ 99999999999999999999 }}"); }), HasSubstr("64 bits"));
  EXPECT_THAT(fault_of([] { tokenize("{{ 1e999 }}"); }), HasSubstr("a double holds"));
  EXPECT_THAT(fault_of([] { tokenize("{{ '\\x4' }}"); }), HasSubstr("2 hexadecimal digits"));
  EXPECT_THAT(fault_of([] { tokenize("{{ '\\ud800' }}"); }), HasSubstr("a Unicode character"));
  EXPECT_THAT(fault_of([] { tokenize("{{ '\\N{DASH}' }}"); }), HasSubstr("not supported"));
}

}  // namespace
}  // namespace plumbline::text::jinja
