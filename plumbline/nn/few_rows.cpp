#include "plumbline/nn/few_rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "plumbline/nn/amx_product.h"
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

// Rows as one of the loops reads them.
struct Prepared {
  at::Tensor plain = {};         // as they are, or in fp32 with even and odd places apart
  kernels::TileRows tiles = {};  // for AMX
};

// A lone row has no use for tiles of sixteen.
bool uses_tiles(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 && x.size(0) > kernels::kFewRows && kernels::has_amx();
}

Prepared prepared(const at::Tensor& x) {
  if (uses_tiles(x)) return {.tiles = kernels::tile_rows(halves(x), x.size(0), x.size(1))};
  if (x.scalar_type() == at::kFloat || kernels::has_bf16_dot()) return {.plain = x};
  at::Tensor apart = at::empty(x.sizes(), x.options().dtype(at::kFloat));
  kernels::inference_loops().halves_apart(halves(x), x.numel(), apart.data_ptr<float>());
  return {.plain = apart};
}

// Computes the outputs [begin, end) of one layer.
void run(const Prepared& x, const WeightAndBias& layer, int64_t begin, int64_t end, at::Tensor& y) {
  const kernels::InferenceLoops& loops = kernels::inference_loops();
  const at::Tensor &weight = layer.weight, &bias = layer.bias;
  const int64_t rows = y.size(0), depth = weight.size(1), width = y.size(1);
  if (y.scalar_type() == at::kFloat) {
    loops.product(x.plain.const_data_ptr<float>(), rows, weight.const_data_ptr<float>(),
                  bias.defined() ? bias.const_data_ptr<float>() : nullptr, depth, begin, end,
                  y.data_ptr<float>(), width);
    return;
  }
  const kernels::Half *w = halves(weight), *b = bias.defined() ? halves(bias) : nullptr;
  if (x.tiles.rows > 0) {
    kernels::amx_product(x.tiles, w, b, begin, end, mutable_halves(y), width);
  } else if (x.plain.scalar_type() == at::kBFloat16) {
    kernels::bf16_product(halves(x.plain), rows, w, b, depth, begin, end, mutable_halves(y), width);
  } else {
    loops.product_bf16(x.plain.const_data_ptr<float>(), rows, w, b, depth, begin, end,
                       mutable_halves(y), width);
  }
}

int64_t most_rows(at::ScalarType dtype) {
  if (dtype != at::kBFloat16) return kernels::kFewRows;
  if (kernels::has_amx()) return kernels::kAmxRows;
  return kernels::has_bf16_dot() ? kernels::kBf16Rows : kernels::kFewRows;
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
  const Prepared rows = prepared(x);
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
