#include "plumbline/text/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"

namespace plumbline::text {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

const Json kConversation = {{{"role", "user"}, {"content", "Hi"}}};

Json fixture(const std::string& name) {
  return Json::parse(read_file("tests/golden/chat_templates/" + name));
}

// The time that the fixtures were made at.
std::tm golden_time() {
  std::tm time{};
  time.tm_year = 126, time.tm_mon = 2, time.tm_mday = 7;
  time.tm_hour = 14, time.tm_min = 5, time.tm_sec = 9;
  time.tm_wday = 6, time.tm_yday = 65;
  return time;
}

ChatTemplateOptions options_from(Json json) {
  ChatTemplateOptions options;
  options.now = golden_time();
  const auto take = [&](const char* name, auto& into) {
    if (!json.contains(name)) return;
    into = json[name];
    json.erase(name);
  };
  take("add_generation_prompt", options.add_generation_prompt);
  take("tools", options.tools);
  if (json.contains("bos_token")) options.bos_token = json["bos_token"].get<std::string>();
  if (json.contains("eos_token")) options.eos_token = json["eos_token"].get<std::string>();
  json.erase("bos_token");
  json.erase("eos_token");
  options.variables = json;
  return options;
}

// Like an entry of a fixture.
Json outcome(const std::string& source, const Json& messages, const Json& options) {
  try {
    return {{"text", ChatTemplate(source, "t").render(messages, options_from(options))}};
  } catch (const DataError& e) {
    return {{"error", e.what()}};
  }
}

// Texts agree byte for byte; what raise_exception said is in the error; other errors are worded
// differently.
void expect_agreement(const Json& golden, const Json& ours, const std::string& what) {
  if (golden.contains("text")) {
    EXPECT_EQ(ours.value("text", ours.dump()), golden["text"].get<std::string>()) << what;
  } else {
    EXPECT_TRUE(ours.contains("error"))
        << what << "\nprinted " << ours["text"] << "\nexpected " << golden["error"];
    EXPECT_THAT(ours.value("error", ""), HasSubstr(golden.value("message", ""))) << what;
  }
}

TEST(ChatTemplate, GoldenTemplatesRenderAsInTransformers) {
  const Json golden = fixture("templates.json");
  size_t checked = 0;
  for (const Json& t : golden["templates"]) {
    for (const Json& c : t["cases"]) {
      const Json& messages = golden["conversations"][c["conversation"].get<size_t>()];
      const Json& options = t["options"][c["options"].get<size_t>()];
      expect_agreement(c, outcome(t["source"], messages, options),
                       t["name"].get<std::string>() + " with " + messages.dump() + options.dump());
      ++checked;
    }
  }
  EXPECT_GT(checked, 1000u);
}

TEST(ChatTemplate, GoldenSnippetsRenderAsInTransformers) {
  const Json golden = fixture("snippets.json");
  for (const Json& c : golden["snippets"]) {
    expect_agreement(c, outcome(c["source"], golden["messages"], golden["variables"]),
                     c["source"].get<std::string>());
  }
  EXPECT_GT(golden["snippets"].size(), 1000u);
}

// The comparison above would notice.
TEST(ChatTemplate, GoldenComparisonTellsTextsApart) {
  EXPECT_EQ(outcome("{{ 1 }}", kConversation, Json::object()), Json({{"text", "1"}}));
  EXPECT_NE(outcome("{{ 1 }} ", kConversation, Json::object()), Json({{"text", "1"}}));
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& e) {
    return e.what();
  }
  return "no error";
}

TEST(ChatTemplate, FaultsOfTheSourceNameFileAndLine) {
  EXPECT_EQ(error_of([] { ChatTemplate("a\nb {{ 1 + }}", "model/chat_template.jinja"); }),
            "[chat template] reading it: expected an expression, got '}}' "
            "(model/chat_template.jinja:2).");
}

TEST(ChatTemplate, FaultsOfARenderingNameFileAndLine) {
  const ChatTemplate t("a\n\n{{ messages[0].content +\n 1 }}", "model/chat_template.jinja");
  EXPECT_EQ(error_of([&] { t.render(kConversation); }),
            "[chat template] rendering: expected operands that '+' takes, got a str and a int "
            "(model/chat_template.jinja:4).");
}

TEST(ChatTemplate, WhatATemplateRaisesIsGivenWhole) {
  const ChatTemplate t("\n{{ raise_exception('Roles must alternate: \"user\",\\n' ~ 'then é') }}",
                       "t");
  EXPECT_EQ(error_of([&] { t.render(kConversation); }),
            "[chat template] rendering: expected a conversation that the template takes, got Roles "
            "must alternate: \"user\",\nthen é (t:2).");
}

TEST(ChatTemplate, MessagesAreAListOfObjects) {
  const ChatTemplate t("{{ messages|length }}", "t.jinja");
  EXPECT_EQ(t.render(Json::array()), "0");
  EXPECT_EQ(error_of([&] {
              t.render({{"role", "user"}});
            }),
            "[chat template] taking its variables: expected a list of messages, got object "
            "(t.jinja).");
  EXPECT_THAT(error_of([&] { t.render(Json::array({"Hi"})); }), HasSubstr("got string"));
}

TEST(ChatTemplate, VariablesAreDefinedWhenTheyAreGiven) {
  const ChatTemplate t(
      "{{ bos_token is defined }} {{ eos_token }} {{ tools is none }} {{ documents }} "
      "{{ add_generation_prompt }} {{ mine }}",
      "t");
  EXPECT_EQ(t.render(kConversation), "False  True None False ");
  ChatTemplateOptions options;
  options.bos_token = "<s>";
  options.eos_token = "</s>";
  options.tools = Json::array();
  options.documents = {{{"title", "a"}}};
  options.add_generation_prompt = true;
  options.variables = {{"mine", 5}, {"eos_token", "<end>"}};
  EXPECT_EQ(t.render(kConversation, options), "True <end> False [{'title': 'a'}] True 5");
  options.variables = Json::array();
  EXPECT_THAT(error_of([&] { t.render(kConversation, options); }),
              HasSubstr("an object of variables"));
}

TEST(ChatTemplate, OrderOfKeysIsThatOfTheJson) {
  const ChatTemplate t("{{ tools[0]|tojson }}", "t");
  ChatTemplateOptions options;
  options.tools = Json::parse(R"([{"z": 1, "a": 2}])");
  EXPECT_EQ(t.render(kConversation, options), R"({"z": 1, "a": 2})");
  const nlohmann::json sorted = nlohmann::json::parse(R"([{"z": 1, "a": 2}])");
  EXPECT_EQ(ChatTemplate("{{ messages[0]|tojson }}", "t").render(sorted), R"({"a": 2, "z": 1})");
}

TEST(ChatTemplate, BrokenUtf8IsRepaired) {
  EXPECT_EQ(ChatTemplate("a\xFF{{ messages[0].content }}", "t").render({{{"content", "b\xC3"}}}),
            "a\uFFFDb\uFFFD");
}

TEST(ChatTemplate, LargeIntegersAreRefused) {
  EXPECT_THAT(error_of([] {
                ChatTemplate("x", "t").render({{{"content", UINT64_MAX}}});
              }),
              HasSubstr("expected integers of 64 bits, got 18446744073709551615"));
}

TEST(ChatTemplate, LocalTimeIsUsedWithoutAGivenOne) {
  const std::string year = ChatTemplate("{{ strftime_now('%Y') }}", "t").render(kConversation);
  EXPECT_GE(std::stoi(year), 2024);
}

TEST(ChatTemplate, SourceLimit) {
  EXPECT_THAT(error_of([] { ChatTemplate("12345", "t", {.source_bytes = 4}); }),
              HasSubstr("expected a template of at most 4 bytes, got 5 (t:1)"));
}

TEST(ChatTemplate, CopiesRenderInSeveralThreads) {
  const ChatTemplate t(
      "{% set ns = namespace(n=0) %}{% for i in range(50) %}{% set ns.n = ns.n + i %}{% endfor %}"
      "{{ ns.n }} {{ messages[0].content }}",
      "t");
  std::vector<std::thread> threads;
  std::vector<std::string> texts(4);
  for (size_t i = 0; i < texts.size(); ++i) {
    threads.emplace_back([&texts, i, copy = t] {
      for (int round = 0; round < 20; ++round)
        texts[i] = copy.render({{{"content", std::to_string(i)}}});
    });
  }
  for (auto& thread : threads) thread.join();
  for (size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(texts[i], "1225 " + std::to_string(i));
}

}  // namespace
}  // namespace plumbline::text
