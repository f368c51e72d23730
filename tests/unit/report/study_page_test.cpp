#include "plumbline/report/study_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"

namespace plumbline::report {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json interval(double value) {
  return {{"value", value}, {"low", value - 0.1}, {"high", value + 0.1}};
}

json policy(const std::string& method, double coverage, const std::string& variant = "") {
  json figures;
  for (const char* figure : {"hallucination", "false_description", "score", "f1", "yes_rate",
                             "chair_i", "proxy_gained", "gold_gained", "gap"}) {
    figures[figure] = interval(0.25);
  }
  figures["coverage"] = interval(coverage);
  json one{{"policy", method}, {"method", method}, {"variant", variant}, {"figures", figures}};
  if (method != "SFT") one["facts"] = method == "Fact-RLHF";
  return one;
}

json record() {
  const json measure = {{"figure", "accuracy"},
                        {"a", "with <facts>"},
                        {"b", "without"},
                        {"wanted", "more"},
                        {"a_value", interval(0.875)},
                        {"b_value", interval(0.5)},
                        {"difference", interval(0.375)},
                        {"verdict", "holds"},
                        {"beside", false}};
  return {
      {"command", {"plumbline", "demo", "--seeds", "5"}},
      {"revisions", {"abc"}},
      {"processors", {"X"}},
      {"seconds", 120},
      {"peak_memory_bytes", 1 << 30},
      {"seeds", 5},
      {"images", 1500},
      {"claims",
       {{{"id", "a"}, {"claim", "Facts help."}, {"verdict", "fails"}, {"measures", {measure}}}}},
      {"shown_figures", {"hallucination", "gap"}},
      {"policies",
       {policy("SFT", 0.7), policy("RLHF", 0.6), policy("Fact-RLHF", 0.65),
        policy("RLHF", 0.5, "weak-kl"), policy("Fact-RLHF", 0.55, "weak-kl")}}};
}

TEST(StudyPage, ShowsClaimsWithVerdictsInWords) {
  const auto text = study_html(record(), "claims.json");
  EXPECT_THAT(text, HasSubstr("with &lt;facts&gt;"));
  EXPECT_THAT(text, HasSubstr("&#10007; fails"));
  EXPECT_THAT(text, HasSubstr("hold: none. That fail: a. Undecided: none."));
  EXPECT_THAT(text, HasSubstr("+0.375"));
  EXPECT_THAT(text, HasSubstr("1500 pictures"));
  EXPECT_THAT(text, HasSubstr("plumbline demo --seeds 5"));
  EXPECT_THAT(text, HasSubstr("2 minutes"));
}

TEST(StudyPage, AVariantMayHaveOnePolicyOnly) {
  json one = record();
  one["policies"].push_back(policy("Fact-RLHF", 0.55, "facts-only"));
  EXPECT_THAT(study_html(one, "claims.json"), HasSubstr(">facts-only<"));
}

TEST(StudyPage, CurvesNameTheirVariants) {
  const auto text = study_html(record(), "claims.json");
  EXPECT_THAT(text, HasSubstr(">weak-kl<"));
  EXPECT_THAT(text, HasSubstr("Descriptions with a false claim"));
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(StudyPage, ShowsWhatAVariantChanges) {
  EXPECT_EQ(study_html(record(), "claims.json").find("What each variant changes"),
            std::string::npos);
  auto with_changes = record();
  for (const size_t place : {3U, 4U}) {
    auto& policy = with_changes["policies"][place];
    policy["changes"] = policy["figures"];
  }
  EXPECT_THAT(
      study_html(with_changes, "claims.json"),
      testing::AllOf(HasSubstr("What each variant changes"), HasSubstr("change of coverage")));
}

TEST(StudyPage, RefusesOtherJson) {
  EXPECT_THROW(study_html({{"claims", 3}}, "x.json"), DataError);
}

TEST(MethodPage, SaysThatThePolicyNeverSeesFacts) {
  EXPECT_THAT(method_html(), HasSubstr("The policy never sees facts"));
}

}  // namespace
}  // namespace plumbline::report
