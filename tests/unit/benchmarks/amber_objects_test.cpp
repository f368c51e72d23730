#include "plumbline/benchmarks/amber_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AmberWords : public testing::Test {
 protected:
  eval::EvalFiles files_;
  AmberObjects objects_{
      files_.write("relation.json",
                   R"({"woman":["person","girl"],"person":["woman"],"dog":[],"cat":["kitten"],
                       "sofa":["couch"],"sign":[]})"),
      files_.write("safe.txt", "sign\r\nline\n")};
  AmberTruth truth_ = {.there = {"woman", "person", "dog"}, .not_there = {"cat"}};
};

TEST_F(AmberWords, WhatEachNounIs) {
  const auto found = objects_.mentions({"dog", "zebra", "sign", "kitten", "couch", "cat", "sofa"},
                                       truth_, WordVectors());
  EXPECT_THAT(found.kept, ElementsAre("dog", "sign", "kitten", "couch", "cat", "sofa"));
  EXPECT_THAT(found.covered, ElementsAre("dog"));
  EXPECT_THAT(found.imagined, ElementsAre("cat"));
  EXPECT_THAT(found.hallucinated, ElementsAre("kitten", "couch", "cat", "sofa"));
}

TEST_F(AmberWords, AnAssociatedWordBelongsToTheFirstOwnerEvenIfItStandsThereItself) {
  EXPECT_THAT(objects_.mentions({"person"}, truth_, WordVectors()).covered, ElementsAre("woman"));
  EXPECT_THAT(objects_.mentions({"woman"}, truth_, WordVectors()).covered, ElementsAre("person"));
}

TEST_F(AmberWords, AlikeWords) {
  const WordVectors vectors(
      files_.write("v.txt", "couch 1 0\ndog 0.9 0.1\nsofa 0 1\ncat 0.1 0.9\n"), objects_.words());
  const auto found = objects_.mentions({"couch", "sofa"}, truth_, vectors);
  EXPECT_THAT(found.covered, ElementsAre("dog"));   // by couch, which is not hallucinated
  EXPECT_THAT(found.imagined, ElementsAre("cat"));  // by sofa, which is
  EXPECT_THAT(found.hallucinated, ElementsAre("sofa"));
}

TEST_F(AmberWords, AnImageWithoutWords) {
  const auto found = objects_.mentions({"dog"}, {}, WordVectors());
  EXPECT_THAT(found.hallucinated, ElementsAre("dog"));
  EXPECT_THAT(objects_.mentions({}, truth_, WordVectors()).kept, IsEmpty());
}

TEST_F(AmberWords, OtherFilesAreRefused) {
  const auto safe = files_.path("safe.txt");
  for (const char* text : {"[]", "{\"a\":\"b\"}", "{\"a\":[1]}", "{"}) {
    EXPECT_THAT(eval::error_of([&] { AmberObjects(files_.write("r.json", text), safe); }),
                HasSubstr("r.json"))
        << text;
  }
  EXPECT_THAT(
      eval::error_of([&] { objects_.check({.there = {"kitten"}, .not_there = {}}, "x:1"); }),
      HasSubstr("'kitten' (x:1)"));
}

}  // namespace
}  // namespace plumbline::benchmarks
