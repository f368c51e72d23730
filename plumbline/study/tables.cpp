#include "plumbline/study/tables.h"

#include <fmt/format.h>

namespace plumbline::study {
namespace {

std::string cell(const SeedMean& mean) {
  const auto& i = mean.interval;
  return fmt::format(" {:.3f} [{:.3f}, {:.3f}] |", i.value, i.low, i.high);
}

std::string head(const std::string& first) {
  std::string names = "| " + first + " |", line = "|---|";
  for (const auto* figures : {&shown_of_answers(), &shown_of_gains()}) {
    for (const auto& figure : *figures) {
      names += " " + figure + " |";
      line += "---|";
    }
  }
  return names + "\n" + line + "\n";
}

std::string signed_text(const eval::Interval& i) {
  return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", i.value, i.low, i.high);
}

// Cells of a row: a - b.
std::string differences(const Evidence& e, const std::string& a, const std::string& b) {
  std::string out;
  for (const auto& figure : shown_of_answers())
    out += " " + signed_text(e.answers.difference(a, b, figure).interval) + " |";
  for (const auto& figure : shown_of_gains())
    out += " " + signed_text(e.gains.difference(a, b, figure).interval) + " |";
  return out;
}

}  // namespace

const std::vector<std::string>& shown_of_answers() {
  static const std::vector<std::string> figures = {
      "hallucination", "false_description", "coverage", "told_truly", "score", "f1", "yes_rate",
      "length"};
  return figures;
}

const std::vector<std::string>& shown_of_gains() {
  static const std::vector<std::string> figures = {"proxy_gained", "gold_gained", "gap"};
  return figures;
}

std::string claims_table(const std::vector<Claim>& claims) {
  std::string out =
      "| claim | figure | A | B | A | B | A - B [95 %] | wanted | verdict |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const Claim& claim : claims) {
    out += fmt::format("| **{}** {} | | | | | | | | **{}** |\n", claim.id, claim.text,
                       verdict_name(claim.verdict()));
    for (const Measure& m : claim.measures) {
      out += fmt::format("| | {} | {} | {} | {:.3f} | {:.3f} | {} | {} | {} |\n", m.figure, m.a,
                         m.b, m.of_a.interval.value, m.of_b.interval.value,
                         signed_text(m.difference.interval), wanted_name(m.wanted),
                         m.is_beside ? "(beside)" : verdict_name(m.verdict()));
    }
  }
  return out;
}

std::string variants_table(const Evidence& e, const std::vector<std::string>& variants) {
  std::string out = head("policy") + "| SFT |";
  for (const auto& figure : shown_of_answers()) out += cell(e.answers.mean(kSft, figure));
  out += " 0 | 0 | 0 |\n";
  for (const auto& variant : variants) {
    for (const bool has_facts : {false, true}) {
      const std::string name = system_name(has_facts, variant);
      out += "| " + name + " |";
      for (const auto& figure : shown_of_answers()) out += cell(e.answers.mean(name, figure));
      for (const auto& figure : shown_of_gains()) out += cell(e.gains.mean(name, figure));
      out += "\n";
    }
  }
  out += "\n" + head("Fact-RLHF - RLHF");
  for (const auto& variant : variants) {
    out += "| " + variant + " |" +
           differences(e, system_name(true, variant), system_name(false, variant)) + "\n";
  }
  out += "\n" + head("variant - the method");
  for (const auto& variant : variants) {
    if (variant == kDefault) continue;
    for (const bool has_facts : {false, true}) {
      const std::string name = system_name(has_facts, variant);
      out += "| " + name + " |" + differences(e, name, system_name(has_facts)) + "\n";
    }
  }
  return out;
}

}  // namespace plumbline::study
