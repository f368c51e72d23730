#include "plumbline/annotate/interview.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::annotate {
namespace {

using data::Choice;
using testing::HasSubstr;

class InterviewTest : public support::Scratch {
 protected:
  InterviewTest() : store_(path("tasks.db"), {.overlap = 1, .seed = 1}) {
    for (int i = 0; i < 3; ++i) {
      const std::string record = fmt::format(
          R"({{"id": "{0}", "image": "{0}.png",
              "conversations": [{{"from": "human", "value": "<image>\nwhat is there?"}}],
              "output_1": {{"from": "gpt", "value": "yes {0}"}},
              "output_2": {{"from": "gpt", "value": "no {0}"}}}})",
          i);
      store_.add({{fmt::format("t{}", i), record}});
    }
  }

  std::string said(const std::string& typed) {
    std::istringstream in(typed);
    std::ostringstream out;
    interview(store_, "ann", "pictures", in, out);
    return out.str();
  }

  // All votes, in the order of the tasks.
  std::vector<data::Vote> votes() const {
    std::vector<data::Vote> all;
    for (const auto& task : store_.votes()) {
      all.insert(all.end(), task.votes.begin(), task.votes.end());
    }
    return all;
  }

  TaskStore store_;
};

// Sides are drawn; what is recorded is about the record's own first and second.
TEST_F(InterviewTest, TheAnswerThatWasShownIsTheOneChosen) {
  for (int i = 0; i < 3; ++i) {
    const auto next = store_.next("ann");
    ASSERT_TRUE(next);
    const std::string id = next->task.id.substr(1);
    const std::string text = said("1\n2\nq\n");
    EXPECT_THAT(text, HasSubstr("picture: pictures/" + id + ".png\nquestion: what is there?\n"));
    const bool is_swapped = text.find("[1] no " + id) != std::string::npos;
    EXPECT_EQ(is_swapped, next->is_swapped);
    const auto all = store_.votes();
    const data::Vote& vote = all[std::stoul(id)].votes.at(0);
    EXPECT_EQ(vote.choice, is_swapped ? Choice::Second : Choice::First);
    EXPECT_EQ(vote.hallucination_1, is_swapped);  // false was the one shown second
    EXPECT_EQ(vote.hallucination_2, !is_swapped);
  }
  EXPECT_THAT(said(""), HasSubstr("Nothing is left"));
}

TEST_F(InterviewTest, TiesFlagsAndNotes) {
  const std::string text = said("t much the same\nb\nt\nx\nn\nt\n\n");
  EXPECT_THAT(text, HasSubstr("3 answered by you"));
  EXPECT_THAT(text, HasSubstr("3 of 3 pairs are done"));
  int both = 0, neither = 0, unsaid = 0;
  for (const auto& vote : votes()) {
    EXPECT_EQ(vote.choice, Choice::Tie);
    EXPECT_EQ(vote.hallucination_1, vote.hallucination_2);
    both += vote.hallucination_1 == true;
    neither += vote.hallucination_1 == false;
    unsaid += !vote.hallucination_1;
  }
  EXPECT_EQ(std::make_tuple(both, neither, unsaid), std::make_tuple(1, 1, 1));
  ASSERT_EQ(store_.remarks().size(), 1U);
  EXPECT_EQ(store_.remarks()[0].text, "much the same");
}

TEST_F(InterviewTest, SkippingAndTakingBack) {
  const std::string text = said("u\ns too dark\n1\n\nu\n2\n\nhelp\nq\n");
  EXPECT_THAT(text, HasSubstr("nothing to take back"));
  ASSERT_EQ(store_.remarks().size(), 1U);
  EXPECT_TRUE(store_.remarks()[0].is_skip);
  EXPECT_EQ(store_.remarks()[0].text, "too dark");
  EXPECT_EQ(votes().size(), 1U);  // given, taken back, given otherwise
}

// The input may end anywhere; what was not finished is asked again.
TEST_F(InterviewTest, WhatWasNotFinishedIsNotRecorded) {
  said("1\n");
  EXPECT_TRUE(votes().empty());
  said("1\nq\n");
  EXPECT_TRUE(votes().empty());
  said("1\n\n");
  EXPECT_EQ(votes().size(), 1U);
}

TEST_F(InterviewTest, ATaskThatIsNoPairIsNamed) {
  TaskStore store(path("others.db"), {.overlap = 1, .seed = 1});
  store.add({{"odd", "{}"}});
  std::istringstream in("1\n");
  std::ostringstream out;
  try {
    interview(store, "ann", "", in, out);
    FAIL();
  } catch (const DataError& e) {
    EXPECT_THAT(e.what(), HasSubstr("odd"));
  }
}

}  // namespace
}  // namespace plumbline::annotate
