#include "plumbline/text/bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plumbline/base/random.h"

namespace plumbline::text {
namespace {

using testing::ElementsAre;

std::vector<int64_t> applied(const MergeTable& merges, std::vector<int64_t> ids) {
  merges.apply(ids);
  return ids;
}

TEST(MergeTable, LowestRankFirst) {
  MergeTable merges;
  merges.add(0, 1, 1, 10);
  merges.add(1, 2, 0, 11);
  merges.add(0, 11, 2, 12);
  EXPECT_THAT(applied(merges, {0, 1, 2}), ElementsAre(12));
  EXPECT_THAT(applied(merges, {0, 1, 0, 1, 2}), ElementsAre(10, 12));
}

TEST(MergeTable, LeftmostFirstAmongEquals) {
  MergeTable merges;
  merges.add(0, 0, 0, 5);
  merges.add(5, 5, 1, 6);
  EXPECT_THAT(applied(merges, {0, 0, 0}), ElementsAre(5, 0));
  EXPECT_THAT(applied(merges, {0, 0, 0, 0, 0}), ElementsAre(6, 0));
  EXPECT_THAT(applied(merges, {}), ElementsAre());
  EXPECT_THAT(applied(merges, {0}), ElementsAre(0));
}

// The definition: look for the lowest rank, leftmost; merge; start again.
std::vector<int64_t> plainly(const std::vector<std::array<int64_t, 4>>& merges,
                             std::vector<int64_t> ids) {
  while (true) {
    int64_t best_rank = 1 << 30, merged = 0;
    size_t best = 0;
    for (size_t i = 0; i + 1 < ids.size(); ++i) {
      for (const auto& [left, right, rank, result] : merges) {
        if (ids[i] == left && ids[i + 1] == right && rank < best_rank) {
          best_rank = rank, merged = result, best = i;
        }
      }
    }
    if (best_rank == 1 << 30) return ids;
    ids[best] = merged;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

TEST(MergeTable, AgreesWithTheDefinition) {
  Random random(random_key(1, "bpe"));
  for (int round = 0; round < 200; ++round) {
    MergeTable table;
    std::vector<std::array<int64_t, 4>> merges;
    for (int64_t rank = 0; rank < 12; ++rank) {
      const std::array<int64_t, 4> merge = {random.below(3 + rank), random.below(3 + rank), rank,
                                            3 + rank};
      const bool is_known = std::any_of(merges.begin(), merges.end(), [&](const auto& other) {
        return other[0] == merge[0] && other[1] == merge[1];
      });
      if (is_known) continue;
      merges.push_back(merge);
      table.add(merge[0], merge[1], merge[2], merge[3]);
    }
    std::vector<int64_t> ids;
    for (int i = 0; i < 40; ++i) ids.push_back(random.below(3));
    EXPECT_EQ(applied(table, ids), plainly(merges, ids));
  }
}

}  // namespace
}  // namespace plumbline::text
