#include "plumbline/report/audit_page.h"

#include <gmock/gmock.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"
#include "tests/unit/audit/sample_audit.h"

namespace plumbline::report {
namespace {

using testing::HasSubstr;
using testing::Not;

size_t count(const std::string& text, const std::string& part) {
  size_t result = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++result;
  return result;
}

TEST(AuditPage, ShowsEveryPart) {
  const auto audit = audit::sample_audit();
  const auto text = audit_html("Audit", audit);
  for (const char* part : {"with facts", "plain", "longer wins", "more overlap with the facts wins",
                           "description", "better shorter", "2+ more",
                           "a true sentence appended (up)", "log loss", "calibration error (ECE)",
                           "Accuracy by question type", "with facts: as sure as it is right?",
                           "plain: scores of answers", "right by the first alone"}) {
    EXPECT_THAT(text, HasSubstr(part)) << part;
  }
  const auto& accuracy = audit.models[0].measures.accuracy;
  char shown[64];
  std::snprintf(shown, sizeof shown, "%.3f<br><small>%.3f to %.3f; ", accuracy.value, accuracy.low,
                accuracy.high);
  EXPECT_THAT(text, HasSubstr(shown));
  EXPECT_EQ(count(text, "<svg"), 5U);  // types; reliability and scores of two models
  EXPECT_EQ(text.find("http"), std::string::npos) << "self-contained";
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(AuditPage, LeavesOutWhatWasNotMeasured) {
  auto audit = audit::sample_audit();
  audit.models.erase(audit.models.begin());
  audit.comparisons.clear();
  const auto text = audit_html("Audit", audit);
  EXPECT_THAT(text, Not(HasSubstr("Probes")));
  EXPECT_THAT(text, Not(HasSubstr("Comparisons")));
  EXPECT_THAT(audit_html("Audit", {}), Not(HasSubstr("<table")));
  const auto none = audit_html("Audit", {.models = {{"m", audit::reward_measures({}, {})}}});
  EXPECT_THAT(none, Not(HasSubstr("<svg")));
  EXPECT_THAT(none, Not(HasSubstr("nan")));
}

TEST(AuditPage, CalibrationHasADotForEachBinWithPairs) {
  auto audit = audit::sample_audit();
  audit.models.resize(1);
  size_t bins = 0;
  for (const auto& bin : audit.models[0].measures.calibration.bins) bins += bin.pairs > 0 ? 1 : 0;
  EXPECT_EQ(count(audit_html("Audit", audit), "h8v8h-8z"), bins + 1) << "and one in the legend";
}

TEST(AuditPage, EscapesNames) {
  auto audit = audit::sample_audit();
  audit.models[0].name = audit.comparisons[0].a = "<b>";
  audit.models[0].measures.types[0].group = "<i>";
  const auto text = audit_html("a & b", audit);
  EXPECT_THAT(text, Not(HasSubstr("<b>")));
  EXPECT_THAT(text, Not(HasSubstr("<i>")));
  EXPECT_THAT(text, HasSubstr("a &amp; b"));
}

class AuditFile : public support::Scratch {};

TEST_F(AuditFile, ReadsBackAndRefusesOtherFiles) {
  const auto audit = audit::sample_audit();
  write_file(folder_ / "audit.json", audit::to_json(audit).dump());
  EXPECT_EQ(audit_html("x", read_audit(folder_ / "audit.json")), audit_html("x", audit));
  EXPECT_THROW(read_audit(folder_ / "none.json"), IoError);
  for (const char* text : {"", "{", "[]", "{}", R"({"models": [{}], "comparisons": []})"}) {
    write_file(folder_ / "audit.json", text);
    EXPECT_THROW(read_audit(folder_ / "audit.json"), DataError) << text;
  }
}

}  // namespace
}  // namespace plumbline::report
