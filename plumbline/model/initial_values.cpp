#include "plumbline/model/initial_values.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

namespace plumbline::model {
namespace {

constexpr int64_t kBlock = 4096;  // values per stream; changing it changes the values

template <class Draw>
at::Tensor drawn(const std::vector<int64_t>& shape, RandomKey key, const Draw& draw) {
  at::Tensor values = at::empty(shape, at::dtype(at::kFloat));
  float* data = values.data_ptr<float>();
  const int64_t size = values.numel();
  at::parallel_for(0, (size + kBlock - 1) / kBlock, 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      Random random(key.at(static_cast<uint64_t>(block)));
      for (int64_t i = block * kBlock; i < std::min(size, (block + 1) * kBlock); ++i) {
        data[i] = static_cast<float>(draw(random));
      }
    }
  });
  return values;
}

}  // namespace

at::Tensor normal_values(const std::vector<int64_t>& shape, double deviation, RandomKey key) {
  return drawn(shape, key, [=](Random& random) { return deviation * random.normal(); });
}

at::Tensor uniform_values(const std::vector<int64_t>& shape, double bound, RandomKey key) {
  return drawn(shape, key, [=](Random& random) { return random.uniform(-bound, bound); });
}

}  // namespace plumbline::model
