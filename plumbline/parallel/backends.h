// The communicators of other libraries. Internal to parallel; built where the library is found.
#pragma once

#include <memory>

#include "plumbline/parallel/communicator.h"

namespace plumbline::parallel {

// Null in a build without MPI. Tensors are on the CPU.
std::unique_ptr<Communicator> make_mpi();

// NCCL for tensors on `device`, whose processes meet through `mpi`; what is on the CPU still goes
// through that. Throws ConfigError in a build without NCCL.
std::unique_ptr<Communicator> make_nccl(std::unique_ptr<Communicator> mpi, at::Device device);

}  // namespace plumbline::parallel
