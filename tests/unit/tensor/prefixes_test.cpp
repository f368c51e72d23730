#include "plumbline/tensor/prefixes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/error.h"

namespace plumbline::tensor {
namespace {

using testing::ElementsAre;

// Two questions with two answers each, and a sequence by itself.
const Spans kSpans = Spans::from_lengths({3, 1, 2, 2, 1, 4});
const Prefixes kPrefixes = {-1, 0, 0, -1, 3, -1};

TEST(Prefixes, SequencesBeginBehindTheirPrefix) {
  EXPECT_THAT(starts_of(kSpans, kPrefixes), ElementsAre(0, 3, 3, 0, 2, 0));
  EXPECT_TRUE(starts_of(kSpans, {}).empty());
}

TEST(Prefixes, RowsOfThePrefixStandBeforeTheOwn) {
  const auto rows = rows_with_prefixes(kSpans, kPrefixes);
  EXPECT_THAT(rows.rows, ElementsAre(0, 1, 2,        //
                                     0, 1, 2, 3,     //
                                     0, 1, 2, 4, 5,  //
                                     6, 7,           //
                                     6, 7, 8,        //
                                     9, 10, 11, 12));
  EXPECT_THAT(rows.spans.lengths(), ElementsAre(3, 4, 5, 2, 3, 4));
}

TEST(Prefixes, RefuseWhatIsNoPrefix) {
  EXPECT_NO_THROW(check_prefixes(kPrefixes, kSpans));
  EXPECT_NO_THROW(check_prefixes({}, kSpans));
  EXPECT_THROW(check_prefixes({-1}, kSpans), InternalError);
  EXPECT_THROW(check_prefixes({-1, 2, -1, -1, -1, -1}, kSpans), InternalError);  // stands behind
  EXPECT_THROW(check_prefixes({-1, 0, 1, -1, -1, -1}, kSpans), InternalError);   // has one itself
  EXPECT_THROW(check_prefixes({0, -1, -1, -1, -1, -1}, kSpans), InternalError);
}

}  // namespace
}  // namespace plumbline::tensor
