#include "plumbline/benchmarks/llava_bench_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/benchmarks/llava_bench.h"
#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class LlavaBenchJudge : public testing::Test {
 protected:
  eval::EvalRequest request() {
    return request_of(
        llava_bench(),
        {{"questions", files_.write("q.jsonl",
                                    "{\"question_id\":0,\"image\":\"1.jpg\",\"text\":\"What is "
                                    "there?\",\"category\":\"conv\"}\n")},
         {"answers", files_.write("a.jsonl", "{\"question_id\":0,\"text\":\"A cup.\"}\n")},
         {"reference",
          files_.write("ref.jsonl",
                       "{\"question_id\":0,\"text\":\"A mug.\",\"category\":\"conv\"}\n")},
         {"context",
          files_.write("c.jsonl",
                       "{\"id\":\"1\",\"image\":\"1.jpg\",\"captions\":[\"One.\",\"Two.\"],"
                       "\"instances\":[{\"category\":\"cup\",\"bbox\":[0.1,0.25,1.0,1]},"
                       "{\"category\":\"dog\",\"bbox\":[0,0,0.5,1e-05]}]}\n")},
         {"prompt",
          files_.write("p.txt", "{context}|{question}|{role}|{reference}|{answer}|{rule}")}});
  }
  std::string content(const eval::EvalRequest& request) {
    return review_requests(request)[0].messages.back().content;
  }

  eval::EvalFiles files_;
};

TEST_F(LlavaBenchJudge, BoxesStandAsPythonPrintsThem) {
  EXPECT_THAT(content(request()),
              HasSubstr("One.\nTwo.\n\ncup: [0.1, 0.25, 1.0, 1]\ndog: [0, 0, 0.5, 1e-05]|What is "
                        "there?|Assistant|A mug.|A cup.|"));
}

TEST_F(LlavaBenchJudge, SettingsAreTheReferences) {
  auto one = request();
  EXPECT_EQ(review_requests(one)[0].temperature, 0.2);
  EXPECT_EQ(review_requests(one)[0].max_tokens, 1024);
  EXPECT_EQ(review_requests(one)[0].messages.size(), 1u);
  one.files["system"] = files_.write("s.txt", "Be fair.");
  EXPECT_EQ(review_requests(one)[0].messages[0].content, "Be fair.");
  EXPECT_EQ(review_requests(one)[0].messages[0].role, "system");
}

TEST_F(LlavaBenchJudge, RulesAreByCategoryAndSet) {
  auto one = request();
  one.files["rules"] =
      files_.write("rules.json",
                   "{\"conv\":{\"role\":\"A\",\"prompt\":\"coco rule\"},"
                   "\"llava_bench_conv\":{\"role\":\"B\",\"prompt\":\"wild rule\"}}");
  EXPECT_THAT(content(one), HasSubstr("|A|A mug.|A cup.|coco rule"));
  // Without boxes it is the wild set; one caption may be a text.
  one.files["context"] =
      files_.write("w.jsonl", "{\"id\":1,\"image\":\"1.jpg\",\"caption\":\"A wild one.\"}\n");
  EXPECT_EQ(content(one), "A wild one.|What is there?|B|A mug.|A cup.|wild rule");
  one.files["rules"] = files_.write("rules.json", "{\"conv\":{\"role\":\"A\",\"prompt\":\"r\"}}");
  EXPECT_THAT(eval::error_of([&] { content(one); }), HasSubstr("'llava_bench_conv'"));
  one.files["rules"] = files_.write("rules.json", "{\"conv\":");
  EXPECT_THAT(eval::error_of([&] { content(one); }), HasSubstr("rules.json"));
}

TEST_F(LlavaBenchJudge, FilesOfTheJudgeAreNeeded) {
  auto one = request();
  one.files.erase("reference");
  EXPECT_THAT(eval::error_of([&] { content(one); }), HasSubstr("--file reference=FILE"));
  one = request();
  one.files.erase("context");
  EXPECT_THAT(eval::error_of([&] { content(one); }), HasSubstr("--file context=FILE"));
}

TEST_F(LlavaBenchJudge, UnfitContextsAreRefused) {
  auto one = request();
  const auto error = [&](const std::string& line) {
    one.files["context"] = files_.write("c.jsonl", line);
    return eval::error_of([&] { content(one); });
  };
  EXPECT_THAT(error("{\"image\":\"2.jpg\",\"caption\":\"x\"}\n"),
              AllOf(HasSubstr("a context of 1.jpg"), HasSubstr("q.jsonl:1")));
  EXPECT_THAT(error("{\"image\":\"1.jpg\"}\n"), HasSubstr("'captions' or 'caption'"));
  EXPECT_THAT(
      error("{\"image\":\"1.jpg\",\"captions\":[\"x\"],\"instances\":[{\"category\":\"a\"}]}\n"),
      HasSubstr("a bbox"));
  EXPECT_THAT(error("{\"image\":\"1.jpg\",\"captions\":[\"x\"],\"instances\":[{\"category\":\"a\","
                    "\"bbox\":[\"1\"]}]}\n"),
              HasSubstr("a bbox of numbers"));
  EXPECT_THAT(error("{\"image\":\"1.jpg\",\"captions\":[null]}\n"), HasSubstr("captions as texts"));
}

TEST_F(LlavaBenchJudge, CategoriesLoseThePrefixOfReviews) {
  auto one = request();
  one.files["questions"] = files_.write("q.jsonl",
                                        "{\"question_id\":0,\"image\":\"1.jpg\",\"text\":\"?\","
                                        "\"category\":\"llava_bench_conv\"}\n");
  EXPECT_EQ(read_review_questions(one)[0].category, "conv");
  one.files["questions"] = files_.write(
      "q.jsonl", "{\"question_id\":0,\"image\":\"1.jpg\",\"text\":\"?\",\"category\":\"all\"}\n");
  EXPECT_THAT(eval::error_of([&] { read_review_questions(one); }), HasSubstr("not 'all'"));
  one.files["questions"] = files_.write("q.jsonl", "");
  EXPECT_THAT(eval::error_of([&] { read_review_questions(one); }), HasSubstr("an empty file"));
}

}  // namespace
}  // namespace plumbline::benchmarks
