#include "plumbline/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "plumbline/base/error.h"

namespace plumbline::tensor {
namespace {

using ::testing::HasSubstr;

std::string config_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no ConfigError";
}

TEST(Device, SetsTheThreads) {
  const int before = at::get_num_threads();
  EXPECT_EQ(setup_device("cpu", 2), at::Device(at::kCPU));
  EXPECT_EQ(at::get_num_threads(), 2);
  EXPECT_NO_THROW(setup_device("cpu", 0));  // a second call is allowed and leaves the threads
  EXPECT_EQ(at::get_num_threads(), 2);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  at::parallel_for(0, 2, 1, [&](int64_t, int64_t) {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  EXPECT_EQ(seen.size(), 2U) << "own sources must be compiled with OpenMP";
  at::set_num_threads(before);
}

TEST(Device, RefusesUnknownNames) {
  for (const std::string name : {"", "gpu", "cudax", "cuda:", "cuda:-1", "cuda:1x"}) {
    EXPECT_THAT(config_error([&] { setup_device(name, 0); }), HasSubstr("cpu, cuda or cuda:N"));
  }
}

TEST(Device, RefusesCudaThatIsAbsent) {
  EXPECT_THAT(config_error([] { setup_device("cuda:99", 0); }), HasSubstr("CUDA device 99"));
}

TEST(Dtype, FollowsNameAndHardware) {
  EXPECT_EQ(choose_dtype("float32", at::kCPU), at::kFloat);
  EXPECT_EQ(choose_dtype("bfloat16", at::kCPU), at::kBFloat16);
  EXPECT_EQ(choose_dtype("auto", at::kCUDA), at::kBFloat16);
  EXPECT_EQ(choose_dtype("auto", at::kCPU), cpu_has_bfloat16() ? at::kBFloat16 : at::kFloat);
  EXPECT_THAT(config_error([] { choose_dtype("fp16", at::kCPU); }),
              HasSubstr("auto, float32 or bfloat16"));
}

}  // namespace
}  // namespace plumbline::tensor
