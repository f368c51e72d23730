#include "plumbline/benchmarks/vlmevalkit_yes_no.h"

#include <gtest/gtest.h>

namespace plumbline::benchmarks {
namespace {

TEST(VlmEvalKitYesNo, WantsOneOfTheWords) {
  for (const char* text :
       {"Yes", "YES.", "Yes, it is", "oh yes!", "(yes)", "It is\nyes", "no1 yes"}) {
    EXPECT_EQ(vlmevalkit_yes_no(text), eval::YesNo::Yes) << text;
  }
  for (const char* text : {"No", "no.", "No, there is not", "no;thanks", "-no-"}) {
    EXPECT_EQ(vlmevalkit_yes_no(text), eval::YesNo::No) << text;
  }
  for (const char* text : {"", "yes or no", "nothing", "unknown", "It is not"}) {
    EXPECT_EQ(vlmevalkit_yes_no(text), eval::YesNo::Neither) << text;
  }
}

TEST(VlmEvalKitYesNo, MarksThatItDoesNotKnowStayWithTheirWord) {
  EXPECT_EQ(vlmevalkit_yes_no("no: it is red"), eval::YesNo::Neither);
  EXPECT_EQ(vlmevalkit_yes_no("**Yes**"), eval::YesNo::Neither);
  EXPECT_EQ(vlmevalkit_yes_no("'no'"), eval::YesNo::Neither);
}

TEST(VlmEvalKitYesNo, MarksBesideABlankAreDeletedOthersBecomeBlanks) {
  EXPECT_EQ(vlmevalkit_yes_no("no-one"), eval::YesNo::No);                 // "no one"
  EXPECT_EQ(vlmevalkit_yes_no("no-one - maybe"), eval::YesNo::Neither);    // "noone  maybe"
  EXPECT_EQ(vlmevalkit_yes_no("no/one has 1,000"), eval::YesNo::Neither);  // digits: all deleted
}

TEST(VlmEvalKitYesNo, PointsBeforeDigitsStay) {
  EXPECT_EQ(vlmevalkit_yes_no("No.1"), eval::YesNo::Neither);
  EXPECT_EQ(vlmevalkit_yes_no("no.one"), eval::YesNo::Neither);  // "noone"
  EXPECT_EQ(vlmevalkit_yes_no(std::string(32, '.') + "no"), eval::YesNo::No);
  EXPECT_EQ(vlmevalkit_yes_no(std::string(33, '.') + "no"), eval::YesNo::Neither);
}

}  // namespace
}  // namespace plumbline::benchmarks
