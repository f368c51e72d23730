#include "plumbline/parallel/communicator.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "plumbline/base/error.h"
#include "plumbline/base/log.h"
#include "plumbline/parallel/backends.h"
#include "plumbline/tensor/device.h"

namespace plumbline::parallel {
namespace {

class Local : public Communicator {
 public:
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 1; }
  void sum(at::Tensor&) override {}
  void broadcast(at::Tensor&) override {}
  void barrier() override {}
};

// The first of these environment variables that holds a number.
int64_t number_in(std::initializer_list<const char*> names, int64_t otherwise) {
  for (const char* name : names) {
    const char* text = std::getenv(name);
    if (text == nullptr || *text == '\0') continue;
    char* end = nullptr;
    const int64_t value = std::strtoll(text, &end, 10);
    if (*end == '\0' && value >= 0) return value;
  }
  return otherwise;
}

}  // namespace

std::vector<double> Communicator::sums(const std::vector<double>& values) {
  at::Tensor all = at::tensor(values, at::kDouble);
  sum(all);
  return {all.const_data_ptr<double>(), all.const_data_ptr<double>() + all.numel()};
}

int64_t Communicator::broadcast(int64_t value) {
  at::Tensor one = at::full({1}, value, at::kLong);
  broadcast(one);
  return one.item<int64_t>();
}

int64_t Communicator::largest(int64_t value) {
  at::Tensor all = at::zeros({size()}, at::kDouble);
  all[rank()] = static_cast<double>(value);
  sum(all);
  return static_cast<int64_t>(all.max().item<double>());
}

std::unique_ptr<Communicator> make_local() { return std::make_unique<Local>(); }

Launch find_launch() {
  Launch launch{.size = number_in({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE"}, 1),
                .rank = number_in({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}, 0),
                .local_rank = number_in({"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID"}, 0),
                .local_size = number_in({"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"}, 1)};
  // srun starts steps of one task, too, for which MPI is not wanted.
  if (launch.size <= 1 && std::getenv("SLURM_STEP_ID") != nullptr) {
    launch.size = number_in({"SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"}, 1);
    launch.rank = number_in({"SLURM_PROCID"}, 0);
    launch.local_rank = number_in({"SLURM_LOCALID"}, 0);
    launch.local_size = number_in({"SLURM_STEP_TASKS_PER_NODE"}, 1);
  }
  launch.size = std::max<int64_t>(1, launch.size);
  launch.local_size = std::clamp<int64_t>(launch.local_size, 1, launch.size);
  return launch;
}

Process join(const std::string& device, int64_t threads) {
  const Launch launch = find_launch();
  if (launch.size == 1) return {tensor::setup_device(device, threads), make_local()};
  if (launch.rank > 0) set_log_level(LogLevel::Error);
  // A launcher may have given this process a part of the cores already.
  cpu_set_t cores;
  const bool is_known = ::sched_getaffinity(0, sizeof(cores), &cores) == 0;
  const auto mine = is_known ? static_cast<int64_t>(CPU_COUNT(&cores)) : 1;
  const auto machine = static_cast<int64_t>(std::thread::hardware_concurrency());
  const int64_t share = std::max<int64_t>(1, std::min(mine, machine / launch.local_size));
  const std::string own = device == "cuda" ? fmt::format("cuda:{}", launch.local_rank) : device;
  const at::Device chosen = tensor::setup_device(own, threads > 0 ? threads : share);
  return {chosen, connect(chosen)};
}

std::unique_ptr<Communicator> connect(at::Device device) {
  if (find_launch().size == 1) return make_local();
  auto mpi = make_mpi();
  if (!mpi) {
    throw ConfigError(Complaint{.component = "parallel",
                                .doing = "joining the processes that were started together",
                                .expected = "a build with MPI",
                                .got = "one without",
                                .hint = "install libopenmpi-dev and run ./dev build again."});
  }
  return device.is_cuda() ? make_nccl(std::move(mpi), device) : std::move(mpi);
}

}  // namespace plumbline::parallel
