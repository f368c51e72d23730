#include "plumbline/rlhf/user_terms.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"

namespace plumbline::rlhf {
namespace {

config::PpoConfig with_terms(std::vector<std::string> terms) {
  config::PpoConfig c;
  c.user_terms = std::move(terms);
  return c;
}

TEST(UserTerms, HaveNamesWeightsAndPatience) {
  auto c = with_terms({"polite=0.5 ./polite.py --fast", "toxic=-1 http://h/x"});
  c.user_term_timeout = 3;
  c.user_term_retries = 4;
  const auto terms = user_terms(c);
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].spec().where, "./polite.py --fast");
  EXPECT_EQ(terms[1].spec().weight, -1);
  EXPECT_EQ(terms[1].spec().timeout_seconds, 3);
  EXPECT_EQ(terms[1].spec().retries.count, 4);
}

TEST(UserTerms, WhatCannotBeMeantIsRefused) {
  EXPECT_THROW(user_terms(with_terms({"nothing"})), ConfigError);
  EXPECT_THROW(user_terms(with_terms({"a=1 cat", "a=2 cat"})), ConfigError);
  EXPECT_THROW(user_terms(with_terms({"length=1 cat"})), ConfigError);
}

}  // namespace
}  // namespace plumbline::rlhf
