#include "plumbline/data/correctness.h"

#include <gtest/gtest.h>

namespace plumbline::data {
namespace {

TEST(Correctness, MultipleChoiceByLetterOrSentence) {
  EXPECT_EQ(correctness(CaptionType::B, "B. the cup is red", false), 1);
  EXPECT_EQ(correctness(CaptionType::B, "  B.", false), 1);
  EXPECT_EQ(correctness(CaptionType::B, "so the correct option is B.", false), 1);
  EXPECT_EQ(correctness(CaptionType::B, "A. the cup is red", false), 0);
  EXPECT_EQ(correctness(CaptionType::B, "Because B.", false), 0);
  EXPECT_EQ(correctness(CaptionType::D, "D. x", false), 1);
}

TEST(Correctness, NoIsRewardedAndYesPunishedWhenTheTruthIsNo) {
  EXPECT_EQ(correctness(CaptionType::No, "No, there is none.", false), 0.5);
  EXPECT_EQ(correctness(CaptionType::No, "Yes.", false), -0.5);
  EXPECT_EQ(correctness(CaptionType::No, "", false), 0);
}

// The release compares letters, our own rule words.
TEST(Correctness, WordsCountWhenSymmetricLettersElse) {
  EXPECT_EQ(correctness(CaptionType::No, "Nothing is there.", false), 0.5);
  EXPECT_EQ(correctness(CaptionType::No, "Nothing is there.", true), 0);
  EXPECT_EQ(correctness(CaptionType::No, "no", false), 0);
  EXPECT_EQ(correctness(CaptionType::No, "no", true), 0.5);
  EXPECT_EQ(correctness(CaptionType::No, "yes", false), 0);
  EXPECT_EQ(correctness(CaptionType::No, "yes", true), -0.5);
}

TEST(Correctness, YesCountsOnlyWhenSymmetric) {
  EXPECT_EQ(correctness(CaptionType::Yes, "Yes.", false), 0);
  EXPECT_EQ(correctness(CaptionType::Yes, "Yes.", true), 0.5);
  EXPECT_EQ(correctness(CaptionType::Yes, "No.", true), -0.5);
  EXPECT_EQ(correctness(CaptionType::General, "Yes.", true), 0);
}

}  // namespace
}  // namespace plumbline::data
