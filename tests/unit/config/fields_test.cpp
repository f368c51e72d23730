#include "plumbline/config/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace plumbline::config {
namespace {

TEST(Limits, AdmitExactlyTheirRange) {
  EXPECT_TRUE(at_least(0).admits(int64_t{0}));
  EXPECT_FALSE(at_least(0).admits(int64_t{-1}));
  EXPECT_FALSE(above(0).admits(0.0));
  EXPECT_TRUE(above(0).up_to(1).admits(1.0));
  EXPECT_FALSE(at_least(0).below(1).admits(1.0));
  EXPECT_TRUE(at_most(0).admits(-8.0));
  EXPECT_FALSE(at_most(0).admits(0.5));
  EXPECT_FALSE(between(0, 1).admits(1.5));
}

TEST(Limits, NumbersAreFinite) {
  EXPECT_FALSE(at_least(0).admits(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(Limits{}.admits(std::numeric_limits<double>::quiet_NaN()));
}

TEST(Limits, ChoicesHoldForTextsAndEveryListElement) {
  const Limits limits = one_of({"a", "b"});
  EXPECT_TRUE(limits.admits(std::string("b")));
  EXPECT_FALSE(limits.admits(std::string("c")));
  EXPECT_TRUE(limits.admits(std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(limits.admits(std::vector<std::string>{"a", "c"}));
  EXPECT_TRUE(limits.admits(std::vector<std::string>{}));
}

TEST(Limits, SayTheirRange) {
  EXPECT_EQ(between(0, 1).text(), "0 to 1");
  EXPECT_EQ(above(0).up_to(1).text(), "above 0, at most 1");
  EXPECT_EQ(at_least(0).below(0.5).text(), "at least 0, below 0.5");
  EXPECT_EQ(at_most(0).text(), "at most 0");
  EXPECT_EQ(one_of({"a", "b"}).text(), "one of a, b");
}

TEST(Field, ReadsAndWritesItsMember) {
  Config c;
  const Field& kl = *find_section("ppo")->find("kl_coef");
  kl.set(c, 0.25);
  EXPECT_EQ(c.ppo.kl_coef, 0.25);
  EXPECT_EQ(std::get<double>(kl.get(c)), 0.25);
  const Field& estimator = *find_section("ppo")->find("kl_estimator");
  EXPECT_EQ(std::get<std::string>(estimator.get(c)), "k1");
  estimator.set(c, std::string("k3"));
  EXPECT_EQ(c.ppo.kl_estimator, KlEstimatorKind::K3);
}

TEST(Field, IsFoundByItsWholeKey) {
  ASSERT_NE(find_field("ppo.kl_coef"), nullptr);
  EXPECT_EQ(find_field("ppo.kl_coef"), find_section("ppo")->find("kl_coef"));
  for (const char* key : {"", "ppo", "kl_coef", "ppo.", ".kl_coef", "ppo.none", "none.kl_coef"}) {
    EXPECT_EQ(find_field(key), nullptr) << key;
  }
}

TEST(Field, SaysWhatItExpects) {
  EXPECT_EQ(expected(*find_section("reward")->find("facts")), "true or false");
  EXPECT_EQ(expected(*find_section("ppo")->find("total_steps")), "an integer, at least 1");
  EXPECT_EQ(expected(*find_section("ppo")->find("kl_controller")), "one of fixed, adaptive");
  EXPECT_EQ(expected(*find_section("run")->find("out")), "a path");
}

TEST(TomlText, EscapesAndKeepsFloatsFloats) {
  EXPECT_EQ(toml_text(1.0), "1.0");
  EXPECT_EQ(toml_text(1e-5), "1e-05");
  EXPECT_EQ(toml_text(std::string("a\"b\\c\n")), "\"a\\\"b\\\\c\\u000A\"");
  EXPECT_EQ(toml_text(std::vector<std::string>{"a", "b"}), "[\"a\", \"b\"]");
}

}  // namespace
}  // namespace plumbline::config
