#include "plumbline/remote/answer_scorer.h"

#include <gmock/gmock.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"
#include "tests/support/test_server.h"

namespace plumbline::remote {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;
using support::error_text;
using support::FirstTime;
using support::says;
using support::TestServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Retries kOnce{.count = 1, .first_wait_seconds = 0};

std::vector<AnswerToScore> answers(size_t count) {
  std::vector<AnswerToScore> result(count);
  for (size_t i = 0; i < count; ++i) result[i].id = "a" + std::to_string(i);
  return result;
}

AnswerScorer term(const std::string& where) {
  return AnswerScorer({.name = "taste", .where = where, .timeout_seconds = 30, .retries = kOnce});
}

std::vector<double> scores_of(const std::string& where, size_t count) {
  return term(where).score(answers(count));
}

// The complaint about a program that prints these lines, or a service that says this.
std::string complaint_of_lines(const std::string& lines, size_t count) {
  return error_text<DataError>([&] { scores_of("printf '" + lines + "'", count); });
}
std::string complaint_of_body(const std::string& body, size_t count) {
  const TestServer server(says(body));
  const auto text = error_text<DataError>([&] { scores_of(server.url("/a?secret"), count); });
  EXPECT_EQ(server.num_requests(), 1) << "malformed replies are not asked for again";
  EXPECT_THAT(text, Not(HasSubstr("secret")));
  return text;
}

TEST(ParseTarget, ReadsNameWeightAndWhere) {
  const auto spec = parse_scorer("short-1.x_=-0.5  python3 score.py --a='b c' ");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->name, "short-1.x_");
  EXPECT_EQ(spec->weight, -0.5);
  EXPECT_EQ(spec->where, "python3 score.py --a='b c'");
}

TEST(ParseTarget, ReadsUrls) {
  const auto spec = parse_scorer("a=1e-1\thttp://localhost:8000/score?b=c");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->weight, 0.1);
  EXPECT_EQ(spec->where, "http://localhost:8000/score?b=c");
}

TEST(ParseTarget, GivesNothingForAnotherForm) {
  for (const char* wrong : {"", "a", "a b", "=1 b", "a= b", "a=x b", "a=1", "a=1 ", "a=1x b",
                            "a=nan b", "a=inf b", "a b=1 c", "a/b=1 c"}) {
    EXPECT_FALSE(parse_scorer(wrong)) << wrong;
  }
}

TEST(AnswerScorer, ChecksItsUrlAtOnce) {
  EXPECT_THROW(AnswerScorer({.name = "a", .where = "http://"}), ConfigError);
}

TEST(AnswerScorer, AsksNobodyAboutNothing) { EXPECT_TRUE(scores_of("exit 1", 0).empty()); }

class AnswerScorerFiles : public support::Scratch {};

TEST_F(AnswerScorerFiles, TellsAProgramAllOfAnAnswer) {
  const AnswerToScore asked{.id = "a",
                            .images = {"i.png"},
                            .prompt = "p\nq",
                            .answer = "cut off: \xC3",
                            .facts = {"f", "g"},
                            .is_finished = false};
  term("tee " + path("asked") + " | sed s/.*/2/").score({asked});
  EXPECT_EQ(json::parse(read_file(path("asked"))), json({{"id", "a"},
                                                         {"images", {"i.png"}},
                                                         {"prompt", "p\nq"},
                                                         {"answer", "cut off: \uFFFD"},
                                                         {"facts", {"f", "g"}},
                                                         {"reference", ""},
                                                         {"is_finished", false}}));
}

TEST(AnswerScorer, TakesNumbersAndObjectsOfPrograms) {
  EXPECT_THAT(scores_of("printf '1\\n{\"id\": \"a1\", \"score\": -2.5}\\n{\"score\": 3e0}\\n'", 3),
              ElementsAre(1, -2.5, 3));
}

TEST_F(AnswerScorerFiles, TriesAProgramAgain) {
  EXPECT_THAT(scores_of("mkdir " + path("second") + " && exit 1; echo 1", 1), ElementsAre(1));
}

TEST_F(AnswerScorerFiles, DoesNotAskAgainWhatWasAnsweredWrongly) {
  const auto text =
      error_text<DataError>([&] { scores_of("echo >> " + path("count") + "; echo no", 1); });
  EXPECT_EQ(read_file(path("count")), "\n");
}

TEST(AnswerScorer, SaysWhichProgramFailed) {
  const auto text = error_text<IoError>([] { scores_of("echo no module >&2; exit 1", 1); });
  EXPECT_THAT(text, HasSubstr("asking the reward term 'taste': expected exit code 0, got 1"));
  EXPECT_THAT(text, HasSubstr("no module"));
}

TEST(AnswerScorer, SaysForWhichAnswerALineIsNoFiniteNumber) {
  for (const char* wrong : {"good", "null", "NaN", "Infinity", "1e999", "true", "\"1\"", "[1]", "",
                            "{\"score\": null}", "{\"id\": \"a1\"}"}) {
    EXPECT_THAT(complaint_of_lines("1\\n" + std::string(wrong) + "\\n3\\n", 3),
                HasSubstr("[remote] asking the reward term 'taste': expected a finite number for "
                          "answer 'a1', got '" +
                          std::string(wrong) + "'"));
  }
}

TEST(AnswerScorer, ShortensWhatItQuotes) {
  EXPECT_LT(complaint_of_lines(std::string(150, 'x'), 1).size(), 500);
}

TEST(AnswerScorer, SaysWhereLinesAreInAnotherOrder) {
  EXPECT_THAT(complaint_of_lines("1\\n{\"id\": \"a2\", \"score\": 1}\\n1\\n", 3),
              HasSubstr("expected the score of answer 'a1' in its place, got '{\"id\": \"a2\""));
}

TEST(AnswerScorer, SaysWhichLineIsMissingOrTooMany) {
  EXPECT_THAT(complaint_of_lines("1\\n2\\n", 3),
              HasSubstr("expected 3 scores, got 2, none for answer 'a2'"));
  EXPECT_THAT(complaint_of_lines("1\\n2\\nbye\\n", 2),
              HasSubstr("expected 2 scores, got 3; after that of the last answer 'a1' came 'bye'"));
}

TEST(AnswerScorerUrl, TellsAServiceAllOfAnAnswer) {
  std::string body;
  const TestServer server([&](const Request& request, Response& reply) {
    body = request.body;
    reply.set_content("[1]", "application/json");
  });
  term(server.url()).score({{.id = "a", .answer = "b"}});
  EXPECT_EQ(json::parse(body), json({{"answers",
                                      {{{"id", "a"},
                                        {"images", json::array()},
                                        {"prompt", ""},
                                        {"answer", "b"},
                                        {"facts", json::array()},
                                        {"reference", ""},
                                        {"is_finished", true}}}}}));
}

TEST(AnswerScorerUrl, TakesListsAndObjects) {
  for (const char* body : {"[1, -2.5]", "{\"scores\": [1, -2.5], \"model\": \"m\"}",
                           "[1, {\"id\": \"a1\", \"score\": -2.5}]"}) {
    const TestServer server(says(body));
    EXPECT_THAT(scores_of(server.url(), 2), ElementsAre(1, -2.5)) << body;
  }
}

// Each answer is scored by its number, so that a portion out of its place would show.
TEST(AnswerScorerUrl, AsksInPortions) {
  std::mutex mutex;
  std::vector<size_t> sizes;
  const TestServer server([&](const Request& request, Response& reply) {
    json scores = json::array();
    const json asked = json::parse(request.body)["answers"];
    for (const json& one : asked) {
      scores.push_back(std::stoi(one["id"].get<std::string>().substr(1)));
    }
    reply.set_content(scores.dump(), "application/json");
    const std::lock_guard lock(mutex);
    sizes.push_back(asked.size());
  });
  const auto scores = scores_of(server.url(), 513);
  EXPECT_THAT(sizes, ElementsAre(256, 256, 1));
  ASSERT_EQ(scores.size(), 513U);
  for (size_t i = 0; i < scores.size(); ++i) EXPECT_EQ(scores[i], static_cast<double>(i));
}

TEST(AnswerScorerUrl, AsksAFailingServiceAgain) {
  const TestServer server([is_first = FirstTime()](const Request&, Response& reply) {
    reply.status = is_first() ? 500 : 200;
    reply.set_content("[1]", "application/json");
  });
  EXPECT_THAT(scores_of(server.url(), 1), ElementsAre(1));
}

TEST(AnswerScorerUrl, SendsItsKey) {
  ::setenv("PLUMBLINE_TEST_KEY", "open-sesame", 1);
  std::string received;
  const TestServer server([&](const Request& request, Response& reply) {
    received = request.get_header_value("Authorization");
    reply.set_content("[1]", "application/json");
  });
  AnswerScorer({.name = "a", .where = server.url(), .key_variable = "PLUMBLINE_TEST_KEY"})
      .score(answers(1));
  ::unsetenv("PLUMBLINE_TEST_KEY");
  EXPECT_EQ(received, "Bearer open-sesame");
}

TEST(AnswerScorerUrl, SaysForWhichAnswerANumberIsMissing) {
  for (const char* wrong : {"null", "\"good\"", "true", "[1]"}) {
    EXPECT_THAT(complaint_of_body("[1," + std::string(wrong) + ",3]", 3),
                HasSubstr("[remote] asking the reward term 'taste': expected a finite number for "
                          "answer 'a1', got '" +
                          std::string(wrong) + "'"));
  }
}

// Python's json writes these, which are no JSON.
TEST(AnswerScorerUrl, SaysForWhichAnswerANumberIsNotFinite) {
  for (const char* wrong : {"NaN", "Infinity", "-Infinity", "1e999"}) {
    const auto text = complaint_of_body("{\"scores\": [1, " + std::string(wrong) + ", 3]}", 3);
    EXPECT_THAT(text, HasSubstr("expected JSON with a finite number for answer 'a1', got "));
    EXPECT_THAT(text, HasSubstr("[1, " + std::string(wrong)));
  }
}

TEST(AnswerScorerUrl, SaysThatAReplyHasNoScores) {
  for (const char* wrong : {"{}", "{\"scores\": 1}", "1", "null", "\"[1]\""}) {
    EXPECT_THAT(complaint_of_body(wrong, 1),
                HasSubstr("expected {\"scores\": [...]} or a list of numbers, got '" +
                          std::string(wrong) + "'"));
  }
}

TEST(AnswerScorerUrl, SaysThatAReplyIsText) {
  const auto text = complaint_of_body("<html>" + std::string(1000, 'x'), 1);
  EXPECT_THAT(text,
              HasSubstr("expected JSON with a finite number for answer 'a0', got '<html>xxx"));
  EXPECT_LT(text.size(), 500);
}

TEST(AnswerScorerUrl, SaysWhichScoreIsMissingOrTooMany) {
  EXPECT_THAT(complaint_of_body("[1, 2]", 3),
              HasSubstr("expected 3 scores, got 2, none for answer 'a2'"));
  EXPECT_THAT(complaint_of_body("[1, 2, 7]", 2),
              HasSubstr("expected 2 scores, got 3; after that of the last answer 'a1' came '7'"));
}

TEST(AnswerScorerUrl, SaysWhereScoresAreInAnotherOrder) {
  EXPECT_THAT(complaint_of_body("[1, {\"id\": \"a0\", \"score\": 1}]", 2),
              HasSubstr("expected the score of answer 'a1' in its place, got '{\"id\":\"a0\""));
}

TEST(AnswerScorerUrl, SaysThatAReplyIsNestedTooDeeply) {
  EXPECT_THAT(complaint_of_body(std::string(10'000, '['), 1), HasSubstr("nested"));
}

}  // namespace
}  // namespace plumbline::remote
