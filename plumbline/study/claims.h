// What the method claims, each claim with the figures that decide it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plumbline/study/seed_study.h"

namespace plumbline::study {

enum class Verdict { Holds, Fails, Undecided };
std::string verdict_name(Verdict verdict);

// What a difference a - b should be.
enum class Wanted { Less, More, NotLess, NotMore };
std::string wanted_name(Wanted wanted);

// A fall that is too small to matter: what "not below" leaves room for, on figures from 0 to 1.
inline constexpr double kMargin = 0.01;

// Less and More hold when the whole interval lies on the wanted side of 0, and fail when it lies on
// the other. NotLess and NotMore fail when the whole interval lies on the unwanted side of 0,
// however near, and hold when else it lies within kMargin of the wanted side. All others are
// undecided, as is a figure that is not a number.
Verdict verdict_of(const eval::Interval& difference, Wanted wanted);

// A figure of two systems.
struct Measure {
  std::string figure, a, b;
  Wanted wanted = Wanted::Less;
  SeedMean of_a = {}, of_b = {}, difference = {};
  bool is_beside = false;  // shown for comparison; the verdict does not depend on it

  // Of one seed nothing is decided: the interval knows of pictures only.
  Verdict verdict() const;
};

struct Claim {
  std::string id;  // "a", "b", ...
  std::string text;
  std::vector<Measure> measures = {};

  // Fails when one of its measures does, holds when all do.
  Verdict verdict() const;
};

Measure measure(const SeedStudy& study, const std::string& a, const std::string& b,
                const std::string& figure, Wanted wanted, bool is_beside = false);

// {"id", "claim", "verdict", "measures": [{"figure", "a", "b", "wanted", "a_value", "b_value",
// "difference": {"value", "low", "high", "seeds"}, "verdict", "beside"}]}
nlohmann::json to_json(const Claim& claim);

}  // namespace plumbline::study
