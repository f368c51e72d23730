// Run alone, and by mpirun as several processes.
#include "plumbline/parallel/communicator.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace plumbline::parallel {
namespace {

// MPI can be begun once in a process.
Communicator& all() {
  static const std::unique_ptr<Communicator> communicator = connect(at::kCPU);
  return *communicator;
}

TEST(Communicator, KnowsItsPlace) {
  EXPECT_EQ(all().size(), find_launch().size);
  EXPECT_EQ(all().rank(), find_launch().rank);
  EXPECT_EQ(all().is_first(), all().rank() == 0);
}

TEST(Communicator, SumsOverAllProcesses) {
  const auto n = static_cast<double>(all().size());
  at::Tensor values = at::full({1000}, static_cast<double>(all().rank()) + 1, at::kFloat);
  all().sum(values);
  EXPECT_TRUE(values.equal(at::full({1000}, n * (n + 1) / 2, at::kFloat)));
  const auto sums = all().sums({1, 0.5});
  EXPECT_EQ(sums, (std::vector<double>{n, 0.5 * n}));
}

TEST(Communicator, BroadcastsFromTheFirst) {
  EXPECT_EQ(all().broadcast(all().rank() == 0 ? 7 : -1), 7);
  at::Tensor values = at::full({3}, static_cast<double>(all().rank()), at::kDouble);
  all().broadcast(values);
  EXPECT_TRUE(values.equal(at::zeros({3}, at::kDouble)));
  all().barrier();
}

TEST(Communicator, FindsTheLargest) {
  EXPECT_EQ(all().largest(all().rank()), all().size() - 1);
  EXPECT_EQ(all().largest(0), 0);
}

// The variables of launchers, put back afterwards.
class Launchers : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : kNames) {
      const char* value = std::getenv(name);
      before_.emplace_back(value != nullptr, value != nullptr ? value : "");
      ::unsetenv(name);
    }
  }
  void TearDown() override {
    for (size_t i = 0; i < std::size(kNames); ++i) {
      if (before_[i].first)
        ::setenv(kNames[i], before_[i].second.c_str(), 1);
      else
        ::unsetenv(kNames[i]);
    }
  }
  static constexpr const char* kNames[] = {"OMPI_COMM_WORLD_SIZE",
                                           "OMPI_COMM_WORLD_RANK",
                                           "OMPI_COMM_WORLD_LOCAL_RANK",
                                           "OMPI_COMM_WORLD_LOCAL_SIZE",
                                           "PMI_SIZE",
                                           "PMI_RANK",
                                           "PMIX_SIZE",
                                           "PMIX_RANK",
                                           "MPI_LOCALRANKID",
                                           "MPI_LOCALNRANKS",
                                           "SLURM_STEP_ID",
                                           "SLURM_STEP_NUM_TASKS",
                                           "SLURM_NTASKS",
                                           "SLURM_PROCID",
                                           "SLURM_LOCALID",
                                           "SLURM_STEP_TASKS_PER_NODE"};
  std::vector<std::pair<bool, std::string>> before_;
};

TEST_F(Launchers, NoneIsOneProcess) {
  const Launch launch = find_launch();
  EXPECT_EQ(launch.size, 1);
  EXPECT_EQ(launch.rank, 0);
  EXPECT_EQ(launch.local_size, 1);
}

TEST_F(Launchers, SayWhereAProcessStands) {
  ::setenv("OMPI_COMM_WORLD_SIZE", "8", 1);
  ::setenv("OMPI_COMM_WORLD_RANK", "5", 1);
  ::setenv("OMPI_COMM_WORLD_LOCAL_RANK", "1", 1);
  ::setenv("OMPI_COMM_WORLD_LOCAL_SIZE", "4", 1);
  const Launch launch = find_launch();
  EXPECT_EQ(launch.size, 8);
  EXPECT_EQ(launch.rank, 5);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.local_size, 4);
}

TEST_F(Launchers, NonsenseIsOneProcess) {
  ::setenv("OMPI_COMM_WORLD_SIZE", "many", 1);
  EXPECT_EQ(find_launch().size, 1);
  ::setenv("OMPI_COMM_WORLD_SIZE", "-3", 1);
  EXPECT_EQ(find_launch().size, 1);
}

}  // namespace
}  // namespace plumbline::parallel
