#include "plumbline/benchmarks/word_vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/benchmarks/benchmark_files.h"

namespace plumbline::benchmarks {
namespace {

using testing::HasSubstr;

class Vectors : public testing::Test {
 protected:
  WordVectors read(const std::string& text) {
    return WordVectors(files_.write("v.txt", text), {"dog", "puppy", "cup", "zero"});
  }
  std::string error(const std::string& text) {
    return eval::error_of([&] { read(text); });
  }

  eval::EvalFiles files_;
};

TEST_F(Vectors, CosinesOfBothFormats) {
  for (const char* header : {"", "6 2\n"}) {
    const auto vectors =
        read(std::string(header) +
             "dog 3 4\npuppy 4.0 3e0\r\ncup -4 3\nzero 0 0\nother x y z\n. . 1 2\n");
    EXPECT_EQ(vectors.size(), 4u);
    EXPECT_DOUBLE_EQ(vectors.similarity("dog", "puppy"), 24.0 / 25);
    EXPECT_NEAR(vectors.similarity("dog", "cup"), 0, 1e-15);
    EXPECT_EQ(vectors.similarity("dog", "zero"), 0);
    EXPECT_EQ(vectors.similarity("dog", "nowhere"), 0);
    EXPECT_EQ(vectors.similarity("nowhere", "nowhere"), 1);
  }
}

TEST_F(Vectors, WithoutVectorsOnlyEqualWordsAreAlike) {
  EXPECT_EQ(WordVectors().similarity("dog", "dog"), 1);
  EXPECT_EQ(WordVectors().similarity("dog", "puppy"), 0);
}

TEST_F(Vectors, OtherFilesAreRefused) {
  EXPECT_THAT(error("dog 1 2\npuppy 1\n"), HasSubstr("v.txt:2"));
  EXPECT_THAT(error("dog 1 two\n"), HasSubstr("'two'"));
  EXPECT_THAT(error("dog nan 1\n"), HasSubstr("v.txt:1"));
  EXPECT_THAT(error("dog \n"), HasSubstr("v.txt:1"));
  EXPECT_THAT(error("other 1 2\n"), HasSubstr("got none"));
  EXPECT_THAT(error(""), HasSubstr("got none"));
}

}  // namespace
}  // namespace plumbline::benchmarks
