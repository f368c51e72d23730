#include "plumbline/report/study_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/base/shell_words.h"
#include "plumbline/eval/interval_json.h"
#include "plumbline/report/chart.h"
#include "plumbline/report/html.h"

namespace plumbline::report {
namespace {

using nlohmann::json;
using Rows = std::vector<std::vector<std::string>>;

constexpr int kGrey = 0, kWithout = 1, kWith = 2;  // colours of policies

std::string cell(const eval::Interval& i, bool is_signed = false) {
  return interval_html(i.value, i.low, i.high, is_signed);
}

std::string verdict_html(const std::string& verdict) {
  const char* sign = verdict == "holds" ? "&#10003;" : verdict == "fails" ? "&#10007;" : "?";
  return fmt::format("<span class=\"verdict\">{} {}</span>", sign, escape(verdict));
}

std::string text(const json& value) { return escape(value.get<std::string>()); }

std::string cells(const char* tag, const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& one : texts) out += fmt::format("<{0}>{1}</{0}>", tag, one);
  return out;
}

std::string measure_row(const json& m) {
  const auto value = [&](const char* name) {
    return fmt::format("{:.3f}", eval::interval_from_json(m.at(name)).value);
  };
  const bool is_beside = m.at("beside");
  return "<tr>" +
         cells("td", {text(m.at("figure")) + (is_beside ? " <small>(beside)</small>" : ""),
                      text(m.at("a")), value("a_value"), text(m.at("b")), value("b_value"),
                      cell(eval::interval_from_json(m.at("difference")), true),
                      text(m.at("wanted")), is_beside ? "" : text(m.at("verdict"))}) +
         "</tr>\n";
}

std::string claims_table(const json& claims) {
  std::string out = "<div class=\"wide\"><table>\n<tr>" +
                    cells("th", {"figure", "A", "", "B", "", "A - B", "wanted", "verdict"}) +
                    "</tr>\n";
  for (const json& claim : claims) {
    out += fmt::format("<tr class=\"claim\"><th colspan=\"7\"><b>{}</b> {}</th><td>{}</td></tr>\n",
                       text(claim.at("id")), text(claim.at("claim")),
                       verdict_html(claim.at("verdict")));
    for (const json& m : claim.at("measures")) out += measure_row(m);
  }
  return out + "</table></div>\n";
}

// "a, b hold; c is undecided."
std::string verdicts_html(const json& claims) {
  const auto with = [&](const char* verdict) {
    std::string ids;
    for (const json& claim : claims) {
      if (claim.at("verdict") == verdict) ids += (ids.empty() ? "" : ", ") + text(claim.at("id"));
    }
    return ids.empty() ? "none" : ids;
  };
  return fmt::format(
      "<p class=\"summary\"><b>Of the claims</b> that hold: {}. That fail: {}. Undecided: "
      "{}.</p>\n",
      with("holds"), with("fails"), with("undecided"));
}

std::string claims_html(const json& record) {
  return verdicts_html(record.at("claims")) +
         fmt::format(
             "<h2>Claims</h2>\n<p>Each claim with the figures that decide it, on {} pictures that "
             "nothing was chosen by; seeds: {}. Intervals (95 %) are of differences on the same "
             "pictures, and know of seeds and of pictures. &ldquo;Not less&rdquo; leaves "
             "room "
             "for 0.01, but fails where a fall is certain.</p>\n",
             record.at("images").get<int64_t>(), record.at("seeds").get<int64_t>()) +
         claims_table(record.at("claims"));
}

// A policy of claims.json; the variant is empty for the method itself.
struct Policy {
  std::string method, variant;
  json figures;
  json changes;                   // of a variant, over the method itself
  std::optional<bool> has_facts;  // whether its reward model has; nothing where there is none
  bool is_on_curve;               // the method itself, but for the weight of the KL penalty
  eval::Interval at(const std::string& figure) const {
    return eval::interval_from_json(figures.at(figure));
  }
};

std::vector<Policy> policies_of(const json& record) {
  std::vector<Policy> policies;
  for (const json& policy : record.at("policies")) {
    policies.push_back(
        {policy.at("method"), policy.at("variant"), policy.at("figures"),
         policy.value("changes", json::object()),
         policy.contains("facts") ? std::optional(policy.at("facts").get<bool>()) : std::nullopt,
         policy.value("on_curve", true)});
  }
  return policies;
}

void add_point(Line& line, const Policy& policy, const char* x, const char* y) {
  const auto at_x = policy.at(x), at_y = policy.at(y);
  line.points.emplace_back(at_x.value, at_y.value);
  line.x_ranges.emplace_back(at_x.low, at_x.high);
  line.y_ranges.emplace_back(at_y.low, at_y.high);
  line.labels.push_back(policy.variant);
  line.num_apart += policy.is_on_curve ? 0 : 1;
}

// Each method's variants. Those of the KL penalty are joined, from the one that names least.
LineChart curve(const std::vector<Policy>& policies, const char* figure, const char* title) {
  LineChart chart{.title = title, .x_label = "coverage of what is there", .y_label = figure};
  Line sft{.name = "SFT", .color = kGrey, .has_dots = true};
  Line without{.name = "RLHF", .color = kWithout, .has_dots = true};
  Line with{.name = "Fact-RLHF", .color = kWith, .has_dots = true};
  std::vector<const Policy*> sorted;
  for (const auto& policy : policies) sorted.push_back(&policy);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Policy* a, const Policy* b) {
    if (a->is_on_curve != b->is_on_curve) return a->is_on_curve;
    return a->at("coverage").value < b->at("coverage").value;
  });
  for (const Policy* policy : sorted) {
    if (policy->has_facts) {
      add_point(*policy->has_facts ? with : without, *policy, "coverage", figure);
    } else if (policy == &policies.front()) {  // where all policies start
      add_point(sft, *policy, "coverage", figure);
    }
  }
  chart.lines = {std::move(sft), std::move(without), std::move(with)};
  return chart;
}

BarChart by_variant(std::string title, std::string unit) {
  return {.title = std::move(title),
          .y_label = std::move(unit),
          .series = {"RLHF", "Fact-RLHF"},
          .bars = std::vector<std::vector<Bar>>(2),
          .first_color = kWithout};
}

// RLHF's and Fact-RLHF's bars of a variant, which may have only one of them.
void add_bar(BarChart& chart, const Policy& policy, const eval::Interval& i) {
  const std::string group = policy.variant.empty() ? "default" : policy.variant;
  if (chart.groups.empty() || chart.groups.back() != group) {
    chart.groups.push_back(group);
    for (auto& series : chart.bars) series.push_back({.value = std::nan("")});
  }
  chart.bars[policy.has_facts.value_or(false) ? 1 : 0].back() = {i.value, i.low, i.high};
}

BarChart gap_chart(const std::vector<Policy>& policies) {
  auto chart = by_variant("Gap: what the reward model gained and the judge does not see",
                          "deviations of SFT's scores");
  for (const auto& policy : policies) {
    if (policy.figures.contains("gap")) add_bar(chart, policy, policy.at("gap"));
  }
  return chart;
}

BarChart change_chart(const std::vector<Policy>& policies, const char* figure, const char* title) {
  auto chart = by_variant(title, fmt::format("change of {}", figure));
  for (const auto& policy : policies) {
    if (policy.changes.contains(figure))
      add_bar(chart, policy, eval::interval_from_json(policy.changes.at(figure)));
  }
  return chart;
}

// What each variant changes about the method itself.
std::string changes_html(const std::vector<Policy>& policies) {
  const bool has_any = std::any_of(policies.begin(), policies.end(),
                                   [](const Policy& policy) { return !policy.changes.empty(); });
  if (!has_any) return "";
  return "<h2>What each variant changes</h2>\n<p>Each variant's policies over the method's own, "
         "which were trained with the same seeds. One that changes facts alone changes nothing "
         "about RLHF, which is shown none.</p>\n<div class=\"charts\">" +
         svg(change_chart(policies, "false_description", "Descriptions with a false claim")) +
         svg(change_chart(policies, "hallucination", "Answers to questions that hallucinate")) +
         svg(change_chart(policies, "coverage", "Coverage of what is there")) +
         svg(change_chart(policies, "gold_gained", "What the judge sees gained")) + "</div>\n";
}

std::string variants_html(const std::vector<Policy>& policies,
                          const std::vector<std::string>& figures) {
  Rows rows = {{"policy"}};
  rows[0].insert(rows[0].end(), figures.begin(), figures.end());
  for (const auto& policy : policies) {
    rows.push_back({escape(policy.method + (policy.variant.empty() ? "" : ", " + policy.variant))});
    for (const auto& figure : figures) {
      rows.back().push_back(policy.figures.contains(figure) ? cell(policy.at(figure)) : "");
    }
  }
  return "<h2>Policies and variants</h2>\n" + table(rows);
}

std::string list_of(const json& texts) {
  std::string out;
  for (const json& one : texts) out += (out.empty() ? "" : ", ") + escape(one.get<std::string>());
  return out;
}

std::string origin_html(const json& record) {
  const auto command = record.at("command").get<std::vector<std::string>>();
  return fmt::format(
      "<h3>How it was measured</h3>\n<pre>{}</pre>\n<p>Revision {}; {}; {:.0f} minutes in all "
      "stages, at most {:.2f} GiB.</p>\n",
      escape(shell_words(command)), list_of(record.at("revisions")),
      list_of(record.at("processors")), record.at("seconds").get<double>() / 60,
      record.at("peak_memory_bytes").get<double>() / (1LL << 30));
}

}  // namespace

std::string method_html() {
  const auto step = [](const char* name, const char* what, const char* kind = "") {
    return fmt::format("<li{}><b>{}</b>{}</li>\n", kind, name, what);
  };
  return "<h2>What was done</h2>\n<ol class=\"flow\">\n" +
         step("1. Fine-tune (SFT)",
              "A vision-language model learns to answer, from data in which a third "
              "of the answers tell what a picture does not show.") +
         step("2. Sample", "It answers new questions, several times each.") +
         step("3. Compare",
              "Annotators prefer the answer with fewer false statements, then the "
              "more helpful one. They err.") +
         step("4. Reward model",
              "It learns to score answers as annotators would. One sees picture and answer; the "
              "other is shown <b>facts about the picture</b>, too.",
              " class=\"facts\"") +
         step("5. Optimise",
              "PPO trains the policy to please a reward model, near where it began: <b>RLHF</b> "
              "with "
              "the first, <b>Fact-RLHF</b> with the second. The policy never sees facts.") +
         step("6. Measure",
              "A judge that knows the truth reads answers to questions about new "
              "pictures.") +
         "</ol>\n";
}

std::string study_html(const json& record, const std::string& where) {
  try {
    const auto policies = policies_of(record);
    return claims_html(record) +
           "<h2>Saying less is not telling the truth</h2>\n<p>A policy that names less is wrong "
           "less often. So policies are compared on curves: lower is better at the same place, "
           "further right is better at the same height. Whiskers are 95 % intervals; those of "
           "variants "
           "that are not on the curve may go on beyond the edge.</p>\n<div class=\"charts\">" +
           svg(curve(policies, "false_description", "Descriptions with a false claim")) +
           svg(curve(policies, "chair_i", "CHAIR-i: objects named that are not there")) +
           svg(gap_chart(policies)) + "</div>\n" + changes_html(policies) +
           variants_html(policies, record.at("shown_figures").get<std::vector<std::string>>()) +
           origin_html(record);
  } catch (const json::exception& e) {
    throw DataError(Complaint{.component = "report",
                              .doing = "reading a study",
                              .expected = "claims.json of plumbline demo",
                              .got = untagged(e),
                              .where = where});
  }
}

}  // namespace plumbline::report
