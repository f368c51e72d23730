#include "plumbline/benchmarks/amber_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AmberFiles : public testing::Test {
 protected:
  std::vector<AmberQuestion> read(const std::string& queries, const std::string& annotations) {
    return read_amber_questions({.files = {{"questions", files_.write("q.json", queries)},
                                           {"annotations", files_.write("b.json", annotations)}},
                                 .variants = {}});
  }

  eval::EvalFiles files_;
};

TEST_F(AmberFiles, QueriesWithTheirAnnotations) {
  const auto questions = read(
      R"([{"id":2,"image":"AMBER_1.jpg","query":"Is it?"},{"id":"1","image":"a","query":"Say."}])",
      R"([{"id":1,"type":"generative","truth":["sky"],"hallu":["dog","cat"]},
          {"type":"relation","truth":"yes"}])");
  ASSERT_EQ(questions.size(), 2u);
  EXPECT_EQ(questions[0].asked.question, "Is it?");
  EXPECT_EQ(questions[0].type, AmberType::Relation);
  EXPECT_TRUE(questions[0].is_truth_yes);
  EXPECT_THAT(questions[1].truth.not_there, ElementsAre("dog", "cat"));
}

TEST_F(AmberFiles, WhatDoesNotFit) {
  const char* queries = R"([{"id":1,"image":"i","query":"?"},{"id":2,"image":"i","query":"?"}])";
  for (const auto& [annotation, said] : std::vector<std::pair<const char*, const char*>>{
           {R"({"id":2,"type":"relation","truth":"no"})", "b.json, record 1"},
           {R"({"id":1,"type":"other","truth":"no"})", "'other'"},
           {R"({"id":1,"type":"relation","truth":"maybe"})", "'maybe'"},
           {R"({"id":1,"type":"relation"})", "'truth'"},
           {R"({"id":1,"type":"generative","truth":["sky"]})", "'hallu'"},
           {R"({"id":1,"type":"generative","truth":[1],"hallu":[]})", "a word"},
           {"7", "object"},
           {R"({"id":1,"type":"relation","truth":"no"})", "the annotation of id 2"}}) {
    EXPECT_THAT(eval::error_of([&] { read(queries, std::string("[") + annotation + "]"); }),
                HasSubstr(said))
        << annotation;
  }
  EXPECT_THAT(eval::error_of([&] { read("[]", "[]"); }), HasSubstr("queries, got none"));
  EXPECT_THAT(eval::error_of([&] { read(R"([{"id":1,"query":"?"}])", "[]"); }),
              HasSubstr("'image'"));
}

}  // namespace
}  // namespace plumbline::benchmarks
