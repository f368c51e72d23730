#include <ATen/ATen.h>

#include "plumbline/base/error.h"
#include "plumbline/parallel/backends.h"

#ifdef PLUMBLINE_MPI
#include <mpi.h>

#include <algorithm>
#include <climits>
#include <exception>

namespace plumbline::parallel {
namespace {

MPI_Datatype type_of(const at::Tensor& values) {
  switch (values.scalar_type()) {
    case at::kFloat:
      return MPI_FLOAT;
    case at::kDouble:
      return MPI_DOUBLE;
    case at::kLong:
      return MPI_INT64_T;
    default:
      throw InternalError("no MPI type for this dtype");
  }
}

// MPI counts with an int.
template <class Send>
void in_portions(at::Tensor& values, const Send& send) {
  PLUMBLINE_CHECK(values.is_cpu() && values.is_contiguous(), "a contiguous tensor on the CPU");
  auto* data = static_cast<char*>(values.mutable_data_ptr());
  const int64_t size = values.numel(), width = values.element_size();
  for (int64_t first = 0; first < size; first += INT_MAX) {
    send(data + first * width, static_cast<int>(std::min<int64_t>(INT_MAX, size - first)));
  }
}

class Mpi : public Communicator {
 public:
  Mpi() {
    int level = 0, initialized = 0;
    MPI_Initialized(&initialized);
    if (!initialized) MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }
  // A process that fails ends without farewell: the launcher then ends the others, which wait.
  ~Mpi() override {
    if (std::uncaught_exceptions() == 0) MPI_Finalize();
  }

  int64_t rank() const override { return rank_; }
  int64_t size() const override { return size_; }
  void sum(at::Tensor& values) override {
    // Reduced in one place: an all-reduce may add in another order on each process.
    const MPI_Datatype type = type_of(values);
    in_portions(values, [&](void* data, int count) {
      const bool is_root = rank_ == 0;
      MPI_Reduce(is_root ? MPI_IN_PLACE : data, data, count, type, MPI_SUM, 0, MPI_COMM_WORLD);
      MPI_Bcast(data, count, type, 0, MPI_COMM_WORLD);
    });
  }
  void broadcast(at::Tensor& values) override {
    const MPI_Datatype type = type_of(values);
    in_portions(values,
                [&](void* data, int count) { MPI_Bcast(data, count, type, 0, MPI_COMM_WORLD); });
  }
  void barrier() override { MPI_Barrier(MPI_COMM_WORLD); }

 private:
  int rank_ = 0, size_ = 1;
};

}  // namespace

std::unique_ptr<Communicator> make_mpi() { return std::make_unique<Mpi>(); }

}  // namespace plumbline::parallel

#else

namespace plumbline::parallel {
std::unique_ptr<Communicator> make_mpi() { return nullptr; }
}  // namespace plumbline::parallel

#endif
