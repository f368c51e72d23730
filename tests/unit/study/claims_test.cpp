#include "plumbline/study/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/study/scored_values.h"

namespace plumbline::study {
namespace {

Verdict of(double low, double high, Wanted wanted) {
  return verdict_of({(low + high) / 2, low, high}, wanted);
}

TEST(Verdict, ADirectionNeedsTheWholeInterval) {
  EXPECT_EQ(of(-0.2, -0.1, Wanted::Less), Verdict::Holds);
  EXPECT_EQ(of(-0.2, 0.1, Wanted::Less), Verdict::Undecided);
  EXPECT_EQ(of(-0.2, 0, Wanted::Less), Verdict::Undecided);
  EXPECT_EQ(of(0.1, 0.2, Wanted::Less), Verdict::Fails);
  EXPECT_EQ(of(0.1, 0.2, Wanted::More), Verdict::Holds);
  EXPECT_EQ(of(-0.2, -0.1, Wanted::More), Verdict::Fails);
}

TEST(Verdict, NotLessLeavesRoomButNotForACertainFall) {
  EXPECT_EQ(of(-0.009, 0.02, Wanted::NotLess), Verdict::Holds);
  EXPECT_EQ(of(-0.011, 0.02, Wanted::NotLess), Verdict::Undecided);
  EXPECT_EQ(of(-0.009, -0.001, Wanted::NotLess), Verdict::Fails);
  EXPECT_EQ(of(-0.02, 0.009, Wanted::NotMore), Verdict::Holds);
  EXPECT_EQ(of(-0.02, 0.011, Wanted::NotMore), Verdict::Undecided);
  EXPECT_EQ(of(0.001, 0.009, Wanted::NotMore), Verdict::Fails);
}

TEST(Verdict, WhatIsNoNumberDecidesNothing) {
  for (const Wanted wanted : {Wanted::Less, Wanted::More, Wanted::NotLess, Wanted::NotMore}) {
    EXPECT_EQ(of(NAN, NAN, wanted), Verdict::Undecided);
    EXPECT_EQ(verdict_of({INFINITY, INFINITY, INFINITY}, wanted), Verdict::Undecided);
  }
}

Measure with(double low, double high, bool is_beside = false) {
  Measure m{.figure = "f", .a = "A", .b = "B", .wanted = Wanted::Less, .is_beside = is_beside};
  m.difference = {.interval = {(low + high) / 2, low, high}, .by_seed = {low, high}};
  return m;
}

TEST(Claim, HoldsWhenAllItsMeasuresDo) {
  const auto verdict = [](std::vector<Measure> measures) {
    return Claim{"x", "text", std::move(measures)}.verdict();
  };
  EXPECT_EQ(verdict({with(-2, -1), with(-2, -1)}), Verdict::Holds);
  EXPECT_EQ(verdict({with(-2, -1), with(-2, 1)}), Verdict::Undecided);
  EXPECT_EQ(verdict({with(-2, 1), with(1, 2)}), Verdict::Fails);
  EXPECT_EQ(verdict({with(-2, -1), with(1, 2, true)}), Verdict::Holds);
  EXPECT_EQ(verdict({}), Verdict::Undecided);
  EXPECT_EQ(verdict({with(-2, -1, true)}), Verdict::Undecided);
}

TEST(Claim, OfOneSeedNothingIsDecided) {
  Measure one = with(-2, -1);
  one.difference.by_seed = {-1.5};
  EXPECT_EQ(one.verdict(), Verdict::Undecided);
}

TEST(Claim, IsWrittenWithItsFigures) {
  SeedStudy study({.samples = 1000, .key = random_key(1, "test")});
  study.add("A", {mean_of({0.19, 0.19}), mean_of({0.21, 0.21})});
  study.add("B", {mean_of({0.5, 0.5})});
  const Claim claim{"b", "A is below B.", {measure(study, "A", "B", "mean", Wanted::Less)}};
  const auto json = to_json(claim);
  EXPECT_EQ(json["verdict"], "holds");
  const auto& m = json["measures"][0];
  EXPECT_EQ(m["wanted"], "less");
  EXPECT_NEAR(m["a_value"]["value"].get<double>(), 0.2, 1e-12);
  EXPECT_NEAR(m["difference"]["seeds"][1].get<double>(), -0.29, 1e-12);
  EXPECT_EQ(m["beside"], false);
}

}  // namespace
}  // namespace plumbline::study
