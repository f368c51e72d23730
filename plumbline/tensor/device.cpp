#include "plumbline/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <charconv>
#include <mutex>
#include <optional>
#include <string_view>

#include "plumbline/base/error.h"

namespace plumbline::tensor {
namespace {

std::optional<at::Device> parse_device(std::string_view name) {
  if (name == "cpu") return at::Device(at::kCPU);
  if (!name.starts_with("cuda")) return std::nullopt;
  name.remove_prefix(4);
  if (name.empty()) return at::Device(at::kCUDA, 0);
  if (name.front() != ':') return std::nullopt;
  name.remove_prefix(1);
  int index = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || end != name.data() + name.size() || index < 0 || index > 127) {
    return std::nullopt;
  }
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
}

void set_threads(int64_t threads) {
  if (threads > 0) at::set_num_threads(static_cast<int>(threads));
  // Torch allows this once per process and only before its first parallel work.
  static std::once_flag once;
  std::call_once(once, [] {
    try {
      at::set_num_interop_threads(1);
    } catch (const c10::Error&) {
    }
  });
}

}  // namespace

at::Device setup_device(const std::string& device, int64_t threads) {
  const std::optional<at::Device> parsed = parse_device(device);
  if (!parsed) {
    throw ConfigError(Complaint{.component = "tensor",
                                .doing = "choosing the device",
                                .expected = "cpu, cuda or cuda:N",
                                .got = "'" + device + "'"});
  }
  if (parsed->is_cuda()) {
    const int64_t count = at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0;
    if (parsed->index() >= count) {
      throw ConfigError(
          Complaint{.component = "tensor",
                    .doing = "choosing the device '" + device + "'",
                    .expected = fmt::format("a CUDA device {}", parsed->index()),
                    .got = fmt::format("{} CUDA devices", count),
                    .hint = "give --device cpu (run.device), or build with a libtorch for CUDA."});
    }
  }
  set_threads(threads);
  return *parsed;
}

bool cpu_has_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

at::ScalarType choose_dtype(const std::string& dtype, const at::Device& device) {
  if (dtype == "float32") return at::kFloat;
  if (dtype == "bfloat16") return at::kBFloat16;
  if (dtype == "auto") {
    return device.is_cuda() || cpu_has_bfloat16() ? at::kBFloat16 : at::kFloat;
  }
  throw ConfigError(Complaint{.component = "tensor",
                              .doing = "choosing the precision",
                              .expected = "auto, float32 or bfloat16",
                              .got = "'" + dtype + "'"});
}

}  // namespace plumbline::tensor
