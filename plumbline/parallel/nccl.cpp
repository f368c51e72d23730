#include <ATen/ATen.h>

#include "plumbline/base/error.h"
#include "plumbline/parallel/backends.h"

#ifdef PLUMBLINE_NCCL
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <nccl.h>

#include <cstring>

namespace plumbline::parallel {
namespace {

void check(ncclResult_t result) {
  if (result == ncclSuccess) return;
  throw InternalError(std::string("NCCL: ") + ncclGetErrorString(result));
}

ncclDataType_t type_of(const at::Tensor& values) {
  switch (values.scalar_type()) {
    case at::kFloat:
      return ncclFloat;
    case at::kDouble:
      return ncclDouble;
    case at::kLong:
      return ncclInt64;
    default:
      throw InternalError("no NCCL type for this dtype");
  }
}

class Nccl : public Communicator {
 public:
  Nccl(std::unique_ptr<Communicator> mpi, at::Device device)
      : mpi_(std::move(mpi)), device_(device) {
    const c10::cuda::CUDAGuard guard(device_);
    ncclUniqueId id{};
    if (mpi_->is_first()) check(ncclGetUniqueId(&id));
    at::Tensor bytes = at::zeros({(sizeof(id) + 7) / 8}, at::kLong);
    std::memcpy(bytes.mutable_data_ptr(), &id, sizeof(id));
    mpi_->broadcast(bytes);
    std::memcpy(&id, bytes.const_data_ptr(), sizeof(id));
    check(ncclCommInitRank(&group_, static_cast<int>(size()), id, static_cast<int>(rank())));
  }
  ~Nccl() override { ncclCommDestroy(group_); }

  int64_t rank() const override { return mpi_->rank(); }
  int64_t size() const override { return mpi_->size(); }
  void sum(at::Tensor& values) override {
    if (values.is_cpu()) return mpi_->sum(values);
    const c10::cuda::CUDAGuard guard(device_);
    check(ncclAllReduce(values.const_data_ptr(), values.mutable_data_ptr(),
                        static_cast<size_t>(values.numel()), type_of(values), ncclSum, group_,
                        c10::cuda::getCurrentCUDAStream()));
  }
  void broadcast(at::Tensor& values) override {
    if (values.is_cpu()) return mpi_->broadcast(values);
    const c10::cuda::CUDAGuard guard(device_);
    check(ncclBroadcast(values.const_data_ptr(), values.mutable_data_ptr(),
                        static_cast<size_t>(values.numel()), type_of(values), 0, group_,
                        c10::cuda::getCurrentCUDAStream()));
  }
  void barrier() override { mpi_->barrier(); }

 private:
  std::unique_ptr<Communicator> mpi_;
  at::Device device_;
  ncclComm_t group_ = nullptr;
};

}  // namespace

std::unique_ptr<Communicator> make_nccl(std::unique_ptr<Communicator> mpi, at::Device device) {
  return std::make_unique<Nccl>(std::move(mpi), device);
}

}  // namespace plumbline::parallel

#else

namespace plumbline::parallel {
std::unique_ptr<Communicator> make_nccl(std::unique_ptr<Communicator>, at::Device) {
  throw ConfigError(Complaint{.component = "parallel",
                              .doing = "joining processes on GPUs",
                              .expected = "a build with NCCL",
                              .got = "one without",
                              .hint = "install NCCL's headers and library and build again."});
}
}  // namespace plumbline::parallel

#endif
