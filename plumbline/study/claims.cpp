#include "plumbline/study/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "plumbline/eval/interval_json.h"

namespace plumbline::study {
namespace {

std::string wanted_name(Wanted wanted) {
  switch (wanted) {
    case Wanted::Less:
      return "less";
    case Wanted::More:
      return "more";
    case Wanted::NotLess:
      return "not less";
    case Wanted::NotMore:
      return "not more";
  }
  return "";
}

Verdict decide(bool holds, bool fails) {
  if (holds == fails) return Verdict::Undecided;
  return holds ? Verdict::Holds : Verdict::Fails;
}

nlohmann::json mean_json(const SeedMean& mean) {
  auto json = eval::interval_to_json(mean.interval);
  json["seeds"] = mean.by_seed;
  return json;
}

std::string signed_text(const eval::Interval& i) {
  return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", i.value, i.low, i.high);
}

}  // namespace

std::string verdict_name(Verdict verdict) {
  if (verdict == Verdict::Undecided) return "undecided";
  return verdict == Verdict::Holds ? "holds" : "fails";
}

Verdict verdict_of(const eval::Interval& d, Wanted wanted) {
  if (std::isnan(d.low) || std::isnan(d.high)) return Verdict::Undecided;
  switch (wanted) {
    case Wanted::Less:
      return decide(d.high<0, d.low> 0);
    case Wanted::More:
      return decide(d.low > 0, d.high < 0);
    case Wanted::NotLess:
      if (d.high < 0) return Verdict::Fails;
      return decide(d.low > -kMargin, false);
    case Wanted::NotMore:
      if (d.low > 0) return Verdict::Fails;
      return decide(d.high < kMargin, false);
  }
  return Verdict::Undecided;
}

Verdict Claim::verdict() const {
  const auto any = [&](Verdict wanted) {
    return std::any_of(measures.begin(), measures.end(),
                       [&](const Measure& m) { return !m.is_beside && m.verdict() == wanted; });
  };
  if (any(Verdict::Fails)) return Verdict::Fails;
  const bool is_open = any(Verdict::Undecided) || !any(Verdict::Holds);
  return is_open ? Verdict::Undecided : Verdict::Holds;
}

Measure measure(const SeedStudy& study, const std::string& a, const std::string& b,
                const std::string& figure, Wanted wanted, bool is_beside) {
  return {.figure = figure,
          .a = a,
          .b = b,
          .wanted = wanted,
          .of_a = study.mean(a, figure),
          .of_b = study.mean(b, figure),
          .difference = study.difference(a, b, figure),
          .is_beside = is_beside};
}

nlohmann::json to_json(const Claim& claim) {
  auto measures = nlohmann::json::array();
  for (const Measure& m : claim.measures) {
    measures.push_back({{"figure", m.figure},
                        {"a", m.a},
                        {"b", m.b},
                        {"wanted", wanted_name(m.wanted)},
                        {"a_value", mean_json(m.of_a)},
                        {"b_value", mean_json(m.of_b)},
                        {"difference", mean_json(m.difference)},
                        {"verdict", verdict_name(m.verdict())},
                        {"beside", m.is_beside}});
  }
  return {{"id", claim.id},
          {"claim", claim.text},
          {"verdict", verdict_name(claim.verdict())},
          {"measures", measures}};
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

}  // namespace plumbline::study
