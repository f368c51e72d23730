#include "plumbline/study/claims.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace plumbline::study {
namespace {

Verdict decide(bool holds, bool fails) {
  if (holds == fails) return Verdict::Undecided;
  return holds ? Verdict::Holds : Verdict::Fails;
}

}  // namespace

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

std::string verdict_name(Verdict verdict) {
  if (verdict == Verdict::Undecided) return "undecided";
  return verdict == Verdict::Holds ? "holds" : "fails";
}

Verdict verdict_of(const eval::Interval& difference, Wanted wanted) {
  if (!std::isfinite(difference.low) || !std::isfinite(difference.high)) return Verdict::Undecided;
  const bool is_below = difference.high<0, is_above = difference.low> 0;
  switch (wanted) {
    case Wanted::Less:
      return decide(is_below, is_above);
    case Wanted::More:
      return decide(is_above, is_below);
    case Wanted::NotLess:
      return decide(!is_below && difference.low > -kMargin, is_below);
    case Wanted::NotMore:
      return decide(!is_above && difference.high < kMargin, is_above);
  }
  return Verdict::Undecided;
}

Verdict Measure::verdict() const {
  const bool has_seeds = difference.by_seed.size() > 1;
  return has_seeds ? verdict_of(difference.interval, wanted) : Verdict::Undecided;
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
                        {"a_value", to_json(m.of_a)},
                        {"b_value", to_json(m.of_b)},
                        {"difference", to_json(m.difference)},
                        {"verdict", verdict_name(m.verdict())},
                        {"beside", m.is_beside}});
  }
  return {{"id", claim.id},
          {"claim", claim.text},
          {"verdict", verdict_name(claim.verdict())},
          {"measures", measures}};
}

}  // namespace plumbline::study
