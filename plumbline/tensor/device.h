// Where tensors live and in which precision.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

namespace plumbline::tensor {

// The device called "cpu", "cuda" or "cuda:N". Also sets torch's threads for this process:
// `threads` where positive, else torch's own choice, and one inter-operator thread. Call it before
// the first tensor operation. Throws ConfigError for another name, or for CUDA that is not there.
at::Device setup_device(const std::string& device, int64_t threads);

// "float32", "bfloat16", or "auto": bfloat16 on CUDA and on CPUs that multiply it natively
// (avx512_bf16), else float32. Throws ConfigError for another name.
at::ScalarType choose_dtype(const std::string& dtype, const at::Device& device);

// Whether this CPU has native bfloat16 products. Asked at run time.
bool cpu_has_bfloat16();

}  // namespace plumbline::tensor
