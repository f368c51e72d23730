#include "plumbline/nn/few_rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "plumbline/nn/amx_product.h"
#include "plumbline/nn/bf16_product.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/nn/packed_product.h"

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
  // For packed weights of 4 and 8 bits, where these are multiplied as they are.
  kernels::PackedRows nibbles = {}, bytes = {};
};

// A lone row has no use for tiles of sixteen.
bool uses_tiles(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 && x.size(0) > kernels::kFewRows && kernels::has_amx();
}

bool has_blocks(const WeightAndBias& layer) {
  return layer.packed.is_defined() && layer.packed.form() == PackedForm::Blocks;
}

// Whether such codes are multiplied as they are.
bool multiplies_codes(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 && x.size(0) <= kernels::kFewRows &&
         kernels::has_bf16_dot();
}

Prepared prepared(const at::Tensor& x, const std::vector<WeightAndBias>& layers) {
  const int64_t rows = x.size(0), depth = x.size(1);
  if (uses_tiles(x)) return {.tiles = kernels::tile_rows(halves(x), rows, depth)};
  Prepared result;
  if (x.scalar_type() == at::kFloat || kernels::has_bf16_dot()) {
    result.plain = x;
  } else {
    result.plain = at::empty(x.sizes(), x.options().dtype(at::kFloat));
    kernels::inference_loops().halves_apart(halves(x), x.numel(), result.plain.data_ptr<float>());
  }
  if (!multiplies_codes(x)) return result;
  for (const WeightAndBias& layer : layers) {
    if (!has_blocks(layer)) continue;
    const int64_t bits = layer.packed.bits();
    kernels::PackedRows& packed = bits == 4 ? result.nibbles : result.bytes;
    if (packed.rows == 0) packed = kernels::packed_rows(halves(x), rows, depth, bits);
  }
  return result;
}

// The outputs [begin, end) of a layer whose weights are w [.., depth] and bias b or null.
void run(const Prepared& x, const float* w, const float* b, int64_t begin, int64_t end, float* y,
         int64_t rows, int64_t depth, int64_t width) {
  kernels::inference_loops().product(x.plain.const_data_ptr<float>(), rows, w, b, depth, begin, end,
                                     y, width);
}
void run(const Prepared& x, const kernels::Half* w, const kernels::Half* b, int64_t begin,
         int64_t end, kernels::Half* y, int64_t rows, int64_t depth, int64_t width) {
  if (x.tiles.rows > 0) {
    kernels::amx_product(x.tiles, w, b, begin, end, y, width);
  } else if (x.plain.scalar_type() == at::kBFloat16) {
    kernels::bf16_product(halves(x.plain), rows, w, b, depth, begin, end, y, width);
  } else {
    kernels::inference_loops().product_bf16(x.plain.const_data_ptr<float>(), rows, w, b, depth,
                                            begin, end, y, width);
  }
}

template <class T>
const T* memory(const at::Tensor& x) {
  return x.defined() ? static_cast<const T*>(x.const_data_ptr()) : nullptr;
}

// Computes the outputs [begin, end) of one layer.
template <class T>
void run(const Prepared& x, const WeightAndBias& layer, int64_t begin, int64_t end, at::Tensor& y) {
  const int64_t rows = y.size(0), depth = layer.num_in(), width = y.size(1);
  T* to = static_cast<T*>(y.mutable_data_ptr());
  const T* bias = memory<T>(layer.bias);
  if (!layer.packed.is_defined()) {
    run(x, memory<T>(layer.weight), bias, begin, end, to, rows, depth, width);
    return;
  }
  std::vector<T> weights(static_cast<size_t>(std::min(kOutputs, end - begin) * depth));
  for (int64_t n = begin; n < end; n += kOutputs) {
    const int64_t count = std::min(kOutputs, end - n);
    unpack_rows(layer.packed, n, n + count, weights.data());
    run(x, weights.data(), bias ? bias + n : nullptr, 0, count, to + n, rows, depth, width);
  }
}

void run_codes(const Prepared& x, const WeightAndBias& layer, int64_t begin, int64_t end,
               at::Tensor& y) {
  const PackedWeight& packed = layer.packed;
  const kernels::PackedCodes codes{memory<uint8_t>(packed.codes), halves(packed.scales),
                                   packed.bits()};
  kernels::packed_product(codes.bits == 4 ? x.nibbles : x.bytes, codes,
                          memory<kernels::Half>(layer.bias), begin, end, mutable_halves(y),
                          y.size(1));
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
    const bool has_weights =
        layer.packed.is_defined() ? layer.packed.codes.is_cpu() : is_readable(layer.weight, dtype);
    return has_weights && layer.num_in() == x.size(1) &&
           (!layer.bias.defined() || is_readable(layer.bias, dtype));
  });
}

std::vector<at::Tensor> products(const at::Tensor& x, const std::vector<WeightAndBias>& layers) {
  std::vector<at::Tensor> results;
  if (!are_few_rows(x, layers)) {
    for (const WeightAndBias& layer : layers) {
      const at::Tensor weight =
          layer.packed.is_defined() ? unpacked(layer.packed, x.scalar_type()) : layer.weight;
      results.push_back(at::linear(x, weight, layer.bias));
    }
    return results;
  }
  const Prepared rows = prepared(x, layers);
  std::vector<int64_t> first_task = {0};
  for (const WeightAndBias& layer : layers) {
    const int64_t width = layer.num_out();
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
      const auto compute = has_blocks(layers[i]) && multiplies_codes(x) ? run_codes
                           : x.scalar_type() == at::kFloat              ? run<float>
                                                                        : run<kernels::Half>;
      compute(rows, layers[i], from * kOutputs, std::min(to * kOutputs, results[i].size(1)),
              results[i]);
    }
  });
  return results;
}

}  // namespace plumbline::nn
