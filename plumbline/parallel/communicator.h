// The processes of a run as one: who am I, and sums over all.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace plumbline::parallel {

// Every process calls the same methods in the same order. When one fails, the launcher ends the
// others.
class Communicator {
 public:
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  virtual ~Communicator() = default;

  virtual int64_t rank() const = 0;
  virtual int64_t size() const = 0;
  bool is_first() const { return rank() == 0; }

  // The sum over all processes, in place and the same bits everywhere. fp32 or fp64, contiguous.
  virtual void sum(at::Tensor& values) = 0;
  // What process 0 holds, in place. fp32, fp64 or int64, contiguous.
  virtual void broadcast(at::Tensor& values) = 0;
  virtual void barrier() = 0;

  // The sums of a few numbers.
  std::vector<double> sums(const std::vector<double>& values);
  int64_t broadcast(int64_t value);
  // The largest of all processes' values, at least 0.
  int64_t largest(int64_t value);
};

// A single process.
std::unique_ptr<Communicator> make_local();

// How many processes the launcher started (mpirun, srun), and how many of them on this machine; 1
// without a launcher.
struct Launch {
  int64_t size = 1;
  int64_t rank = 0;
  int64_t local_rank = 0;
  int64_t local_size = 1;
};
Launch find_launch();

// The communicator of this process: local without a launcher; else MPI, and for tensors on GPUs
// NCCL. Throws ConfigError when a launcher started several processes and this build has no MPI, or
// no NCCL for GPUs. Call once.
std::unique_ptr<Communicator> connect(at::Device device);

// This process in a run: where its tensors live and the processes it works with.
struct Process {
  at::Device device;
  std::unique_ptr<Communicator> all;
};

// Sets up device and threads as tensor::setup_device does, for one of the processes on this
// machine: "cuda" is the GPU of its local rank, and all cores (threads = 0) are shared out. Only
// the first process reports anything but errors. Throws what setup_device and connect throw.
Process join(const std::string& device, int64_t threads);

}  // namespace plumbline::parallel
