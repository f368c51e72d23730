#include "plumbline/nn/few_rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "plumbline/nn/bf16_product.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"

namespace plumbline::nn {
namespace {

// Outputs that a thread takes at a time: some hundred KB of weights.
constexpr int64_t kOutputs = 64;

bool is_readable(const at::Tensor& x, at::ScalarType dtype) {
  return x.is_cpu() && x.is_contiguous() && x.scalar_type() == dtype;
}

int64_t most_rows(at::ScalarType dtype) {
  return dtype == at::kBFloat16 && kernels::has_bf16_dot() ? kernels::kBf16Rows : kernels::kFewRows;
}

// The rows as the loops read them.
at::Tensor prepared(const at::Tensor& x) {
  if (x.scalar_type() == at::kFloat || kernels::has_bf16_dot()) return x;
  at::Tensor apart = at::empty(x.sizes(), x.options().dtype(at::kFloat));
  kernels::inference_loops().halves_apart(halves(x), x.numel(), apart.data_ptr<float>());
  return apart;
}

// Computes the outputs [begin, end) of one layer.
void run(const at::Tensor& x, const WeightAndBias& layer, int64_t begin, int64_t end,
         at::Tensor& y) {
  const kernels::InferenceLoops& loops = kernels::inference_loops();
  const int64_t rows = x.size(0), depth = x.size(1), width = y.size(1);
  if (y.scalar_type() == at::kFloat) {
    loops.product(x.const_data_ptr<float>(), rows, layer.weight.const_data_ptr<float>(),
                  layer.bias.defined() ? layer.bias.const_data_ptr<float>() : nullptr, depth, begin,
                  end, y.data_ptr<float>(), width);
    return;
  }
  const kernels::Half* bias = layer.bias.defined() ? halves(layer.bias) : nullptr;
  if (x.scalar_type() == at::kBFloat16) {
    kernels::bf16_product(halves(x), rows, halves(layer.weight), bias, depth, begin, end,
                          mutable_halves(y), width);
  } else {
    loops.product_bf16(x.const_data_ptr<float>(), rows, halves(layer.weight), bias, depth, begin,
                       end, mutable_halves(y), width);
  }
}

}  // namespace

bool are_few_rows(const at::Tensor& x, const std::vector<WeightAndBias>& layers) {
  const at::ScalarType dtype = x.scalar_type();
  const bool is_known = dtype == at::kFloat || (dtype == at::kBFloat16 && x.size(-1) % 16 == 0);
  if (!is_known || at::GradMode::is_enabled() || x.dim() != 2 || x.size(0) < 1 ||
      x.size(0) > most_rows(dtype) || !is_readable(x, dtype)) {
    return false;
  }
  return std::all_of(layers.begin(), layers.end(), [&](const WeightAndBias& layer) {
    return is_readable(layer.weight, dtype) && layer.weight.size(1) == x.size(1) &&
           (!layer.bias.defined() || is_readable(layer.bias, dtype));
  });
}

std::vector<at::Tensor> products(const at::Tensor& x, const std::vector<WeightAndBias>& layers) {
  std::vector<at::Tensor> results;
  if (!are_few_rows(x, layers)) {
    for (const WeightAndBias& layer : layers) {
      results.push_back(at::linear(x, layer.weight, layer.bias));
    }
    return results;
  }
  const at::Tensor rows = prepared(x);
  std::vector<int64_t> first_task = {0};
  for (const WeightAndBias& layer : layers) {
    const int64_t width = layer.weight.size(0);
    results.push_back(at::empty({x.size(0), width}, x.options()));
    first_task.push_back(first_task.back() + (width + kOutputs - 1) / kOutputs);
  }
  const int64_t grain = kernels::grain(2 * kOutputs * x.numel());
  at::parallel_for(0, first_task.back(), grain, [&](int64_t begin, int64_t end) {
    for (size_t i = 0; i < layers.size(); ++i) {
      // The part of this layer among the thread's tasks, in one piece.
      const int64_t from = std::max(begin, first_task[i]) - first_task[i];
      const int64_t to = std::min(end, first_task[i + 1]) - first_task[i];
      if (from >= to) continue;
      run(rows, layers[i], from * kOutputs, std::min(to * kOutputs, results[i].size(1)),
          results[i]);
    }
  });
  return results;
}

}  // namespace plumbline::nn
