#include "plumbline/nn/halves.h"

#include <ATen/core/grad_mode.h>

namespace plumbline::nn {

bool are_halves(const at::Tensor& x) { return x.is_cpu() && x.scalar_type() == at::kBFloat16; }

bool are_plain_halves(const at::Tensor& x) { return are_halves(x) && !at::GradMode::is_enabled(); }

}  // namespace plumbline::nn
