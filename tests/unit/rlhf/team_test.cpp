#include "plumbline/rlhf/team.h"

#include <gtest/gtest.h>

#include <numeric>

#include "plumbline/base/error.h"

namespace plumbline::rlhf {
namespace {

// One of several processes whose sums are its own: enough to see where numbers are put.
class OneOf : public parallel::Communicator {
 public:
  OneOf(int64_t rank, int64_t size) : rank_(rank), size_(size) {}
  int64_t rank() const override { return rank_; }
  int64_t size() const override { return size_; }
  void sum(at::Tensor&) override {}
  void broadcast(at::Tensor&) override {}
  void barrier() override {}

 private:
  int64_t rank_, size_;
};

TEST(Team, SharesTileAllThings) {
  for (const int64_t size : {1, 2, 3, 7}) {
    int64_t end = 0;
    for (int64_t rank = 0; rank < size; ++rank) {
      const auto [first, last] = share_of(OneOf(rank, size), 10);
      EXPECT_EQ(first, end);
      EXPECT_GE(last - first, 10 / size);
      end = last;
    }
    EXPECT_EQ(end, 10);
  }
}

TEST(Team, NumbersAreGatheredAtTheirPlaces) {
  OneOf second(1, 2);
  EXPECT_EQ(gather(second, {3, 4}, 2, 5), (std::vector<double>{0, 0, 3, 4, 0}));
  EXPECT_THROW(gather(second, {3, 4}, 4, 5), InternalError);
  const auto alone = parallel::make_local();
  const auto merged = merge(*alone, {.count = 3, .mean = 2, .squares = 5});
  EXPECT_EQ(merged.count, 3);
  EXPECT_EQ(merged.mean, 2);
  EXPECT_EQ(merged.squares, 5);
}

}  // namespace
}  // namespace plumbline::rlhf
