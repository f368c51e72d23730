#include "plumbline/report/examples_section.h"

#include <gmock/gmock.h>

namespace plumbline::report {
namespace {

using testing::HasSubstr;
using testing::Not;

eval::AnswerLine answer(const std::string& id, const std::string& type, bool is_false) {
  return {.id = id,
          .type = type,
          .image = "a.png",
          .question = "question " + id + "?",
          .reference = "r",
          .answer = is_false ? "wrong." : "right.",
          .score = is_false ? 1.0 : 6.0,
          .is_hallucinated = is_false,
          .false_ranges = {}};
}

Run run(const std::string& name, const std::vector<bool>& is_false) {
  Run result{.name = name, .path = {}};
  for (size_t i = 0; i < is_false.size(); ++i) {
    result.answers.push_back(answer(std::to_string(i), "counting", is_false[i]));
  }
  return result;
}

std::string part(const std::string& text, const std::string& heading) {
  const size_t begin = text.find("<h3>" + heading);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find("<h3>", begin + 1) - begin);
}

TEST(Examples, ShowWhatWasMendedAndWhatWasSpoilt) {
  const auto text =
      examples_html({run("SFT", {true, false, true, false}), run("RLHF", {true, true, true, true}),
                     run("Fact-RLHF", {false, true, true, false})});
  EXPECT_THAT(part(text, "Mended"),
              testing::AllOf(HasSubstr("question 0?"), Not(HasSubstr("question 2?"))));
  EXPECT_THAT(part(text, "Spoilt"),
              testing::AllOf(HasSubstr("question 1?"), Not(HasSubstr("question 0?"))));
  EXPECT_THAT(part(text, "Of each type"),
              testing::AllOf(HasSubstr("question 0?"), HasSubstr("question 1?"),
                             Not(HasSubstr("question 2?"))));
  EXPECT_THAT(text, HasSubstr("RLHF, 6 of 6"));
}

TEST(Examples, ShowWhereTheLastTwoDiffer) {
  const auto text =
      examples_html({run("SFT", {false, false, true}), run("RLHF", {true, false, true}),
                     run("Fact-RLHF", {false, true, true})});
  const std::string better = part(text, "Fact-RLHF right, RLHF wrong"),
                    worse = part(text, "Fact-RLHF wrong, RLHF right");
  EXPECT_THAT(better, testing::AllOf(HasSubstr("question 0?"), Not(HasSubstr("question 1?"))));
  EXPECT_THAT(worse, testing::AllOf(HasSubstr("question 1?"), Not(HasSubstr("question 0?"))));
  EXPECT_THAT(better + worse, Not(HasSubstr("question 2?")));
  EXPECT_THAT(examples_html({run("SFT", {true}), run("RLHF", {false})}), Not(HasSubstr("right, ")));
}

TEST(Examples, OfOneSystemNothingChanged) {
  const auto text = examples_html({run("SFT", {true})});
  EXPECT_THAT(text, Not(HasSubstr("Mended")));
  EXPECT_THAT(text, HasSubstr("question 0?"));
  EXPECT_EQ(examples_html({}), "");
}

TEST(Examples, ListThePicturesFacts) {
  auto sft = run("SFT", {true});
  sft.facts = {{"a.png", {"a <cup>."}}};
  EXPECT_THAT(examples_html({sft}), HasSubstr("<li>a &lt;cup&gt;.</li>"));
}

}  // namespace
}  // namespace plumbline::report
