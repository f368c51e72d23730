#include "plumbline/eval/vlmevalkit_yes_no.h"

#include <gtest/gtest.h>

namespace plumbline::eval {
namespace {

TEST(VlmEvalKitYesNo, WantsOneOfTheWords) {
  for (const char* text :
       {"Yes", "YES.", "Yes, it is", "oh yes!", "(yes)", "It is\nyes", "no1 yes"}) {
    EXPECT_EQ(vlmevalkit_yes_no(text), YesNo::Yes) << text;
  }
  for (const char* text : {"No", "no.", "No, there is not", "no;thanks", "-no-"}) {
    EXPECT_EQ(vlmevalkit_yes_no(text), YesNo::No) << text;
  }
  for (const char* text : {"", "yes or no", "nothing", "unknown", "It is not"}) {
    EXPECT_EQ(vlmevalkit_yes_no(text), YesNo::Neither) << text;
  }
}

TEST(VlmEvalKitYesNo, MarksThatItDoesNotKnowStayWithTheirWord) {
  EXPECT_EQ(vlmevalkit_yes_no("no: it is red"), YesNo::Neither);
  EXPECT_EQ(vlmevalkit_yes_no("**Yes**"), YesNo::Neither);
  EXPECT_EQ(vlmevalkit_yes_no("'no'"), YesNo::Neither);
}

TEST(VlmEvalKitYesNo, MarksBesideABlankAreDeletedOthersBecomeBlanks) {
  EXPECT_EQ(vlmevalkit_yes_no("no-one"), YesNo::No);                 // "no one"
  EXPECT_EQ(vlmevalkit_yes_no("no-one - maybe"), YesNo::Neither);    // "noone  maybe"
  EXPECT_EQ(vlmevalkit_yes_no("no/one has 1,000"), YesNo::Neither);  // digits: all deleted
}

TEST(VlmEvalKitYesNo, PointsBeforeDigitsStay) {
  EXPECT_EQ(vlmevalkit_yes_no("No.1"), YesNo::Neither);
  EXPECT_EQ(vlmevalkit_yes_no("no.one"), YesNo::Neither);  // "noone"
  EXPECT_EQ(vlmevalkit_yes_no(std::string(32, '.') + "no"), YesNo::No);
  EXPECT_EQ(vlmevalkit_yes_no(std::string(33, '.') + "no"), YesNo::Neither);
}

}  // namespace
}  // namespace plumbline::eval
