#include "plumbline/audit/audit_table.h"

#include <gmock/gmock.h>

#include <limits>

#include "sample_audit.h"

namespace plumbline::audit {
namespace {

using testing::HasSubstr;
using testing::Not;

std::optional<AuditRow> find_row(const std::vector<AuditSection>& sections,
                                 const std::string& name) {
  for (const auto& section : sections) {
    for (const auto& row : section.rows) {
      if (row.name == name) return row;
    }
  }
  return std::nullopt;
}

TEST(AuditTable, PutsModelsSideBySide) {
  const Audit audit = sample_audit();
  const auto sections = audit_sections(audit);
  const auto accuracy = find_row(sections, "accuracy");
  ASSERT_TRUE(accuracy);
  ASSERT_EQ(accuracy->cells.size(), 2U);
  EXPECT_EQ(accuracy->cells[0]->figure.value, audit.models[0].measures.accuracy.value);
  EXPECT_EQ(accuracy->cells[1]->figure.value, audit.models[1].measures.accuracy.value);
  EXPECT_EQ(accuracy->cells[0]->count, 200 - audit.models[0].measures.num_ties);
  // Only the first was probed.
  const auto appended = find_row(sections, "a true sentence appended (up)");
  ASSERT_TRUE(appended);
  EXPECT_EQ(appended->cells[0]->figure.value, audit.models[0].probes[0].right.value);
  EXPECT_FALSE(appended->cells[1]);
}

TEST(AuditTable, ReorderIsMeasuredWithoutSign) {
  const Audit audit = sample_audit();
  const auto order = find_row(audit_sections(audit), "sentences in another order, without sign");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->cells[0]->figure.value, audit.models[0].probes.back().absolute_change.value);
}

TEST(AuditTable, RowsOfOtherTypesLineUpByName) {
  const auto model = [](const std::string& name, const std::string& type) {
    AuditedModel result{.name = name, .measures = {}};
    result.measures.types = {{type, 5, {1, 1, 1}}, {"shared", 5, {.5, .5, .5}}};
    return result;
  };
  const auto sections = audit_sections({.models = {model("m", "x"), model("n", "y")}});
  EXPECT_TRUE(find_row(sections, "x")->cells[0] && !find_row(sections, "x")->cells[1]);
  EXPECT_TRUE(!find_row(sections, "y")->cells[0] && find_row(sections, "y")->cells[1]);
  EXPECT_TRUE(find_row(sections, "shared")->cells[0] && find_row(sections, "shared")->cells[1]);
}

TEST(AuditTable, TextByHand) {
  Audit audit;
  audit.models = {{.name = "m", .measures = {}}, {.name = "n", .measures = {}}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (auto& model : audit.models) {
    model.measures.num_pairs = 10;
    model.measures.num_ties = 2;
    model.measures.log_loss = model.measures.calibration.ece = {nan, nan, nan};
    model.measures.length = {{nan, nan, nan}, {nan, nan, nan}};
  }
  audit.models[0].measures.accuracy = {.75, .5, 1};
  audit.models[1].measures.accuracy = {nan, nan, nan};
  audit.comparisons = {{"m", "n", {8, {.75, 0, 1}, {.5, 0, 1}, {.25, -.1, .6}, 3, 1}}};
  const std::string text = audit_table(audit);
  EXPECT_THAT(text, HasSubstr("0.750 [0.500, 1.000]      8"));
  EXPECT_THAT(text, HasSubstr("n/a"));
  EXPECT_THAT(text, HasSubstr("m right in 0.750, n in 0.500: difference 0.250 [-0.100, 0.600] over "
                              "8 pairs; 3 right by the first alone, 1 by the second alone\n"));
  EXPECT_THAT(text, Not(HasSubstr("log loss")));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(AuditTable, OfNothing) {
  EXPECT_TRUE(audit_sections({}).empty());
  EXPECT_EQ(comparison_lines({}), "");
  EXPECT_THAT(audit_table(sample_audit()), Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace plumbline::audit
