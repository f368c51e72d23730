#include "plumbline/nn/linear.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plumbline/base/error.h"
#include "plumbline/nn/few_rows.h"
#include "plumbline/nn/joined_linear.h"

namespace plumbline::nn {
namespace {

// [N, width] of 0 with probability p and 1 / (1 - p) otherwise. Row t of a sequence's mask `number`
// is a function of the sequence's key alone.
at::Tensor dropout_mask(const AdapterSelection& selection, uint64_t number, int64_t width, double p,
                        const at::TensorOptions& options) {
  const tensor::Spans& spans = selection.spans;
  at::Tensor mask = at::empty({spans.total(), width}, at::dtype(at::kFloat));
  float* data = mask.data_ptr<float>();
  const auto limit = static_cast<uint64_t>(p * 4294967296.0);  // p as a fraction of 2^32
  const auto kept = static_cast<float>(1.0 / (1.0 - p));
  const auto fill_row = [&](uint64_t key, int64_t t, float* row) {
    const std::array<uint32_t, 2> words = {static_cast<uint32_t>(key),
                                           static_cast<uint32_t>(key >> 32)};
    for (int64_t i = 0; i < width; i += 4) {
      const auto bits = philox({static_cast<uint32_t>(i / 4), static_cast<uint32_t>(t),
                                static_cast<uint32_t>(number), 0},
                               words);
      for (int64_t j = i; j < std::min(width, i + 4); ++j) {
        row[j] = bits[static_cast<size_t>(j - i)] < limit ? 0.0F : kept;
      }
    }
  };
  for (int64_t s = 0; s < spans.size(); ++s) {
    const uint64_t key = selection.dropout_keys[static_cast<size_t>(s)].bits;
    at::parallel_for(0, spans.length(s), 16, [&](int64_t begin, int64_t end) {
      for (int64_t t = begin; t < end; ++t) {
        fill_row(key, t, data + (spans.begin(s) + t) * width);
      }
    });
  }
  return mask.to(options);
}

// For few rows, without gradients and dropout.
std::vector<at::Tensor> few_row_results(const std::vector<const Linear*>& linears,
                                        const at::Tensor& rows,
                                        const std::vector<WeightAndBias>& layers,
                                        const AdapterSelection& selection) {
  std::vector<at::Tensor> results = products(rows, layers);
  for (size_t i = 0; i < linears.size(); ++i) {
    const LowRank* part = linears[i]->selected(selection);
    if (!part) continue;
    const at::Tensor u = at::mm(rows, part->a.to(rows.scalar_type()).t());
    results[i].addmm_(u, part->b.to(rows.scalar_type()).t(), 1, part->scale);
  }
  return results;
}

at::Tensor dense_weight(const Linear& linear, at::ScalarType dtype) {
  return linear.packed.is_defined() ? unpacked(linear.packed, dtype) : linear.weight.to(dtype);
}

// [out]: the lengths of the rows of W + scale B A, in fp32, without forming that sum:
// |w|^2 + 2 scale w.(B A) + scale^2 |B A|^2.
at::Tensor row_lengths(const at::Tensor& weight, const LowRank& part) {
  const at::NoGradGuard no_grad;
  const at::Tensor a = part.a.detach(), b = part.b.detach();
  const at::Tensor cross =
      (at::mm(weight, a.to(weight.scalar_type()).t()).to(at::kFloat) * b).sum(1);
  const at::Tensor update = (at::mm(b, at::mm(a, a.t())) * b).sum(1);
  const at::Tensor own = at::linalg_vector_norm(weight, 2, {1}, false, at::kFloat).square();
  return (own + 2 * part.scale * cross + part.scale * part.scale * update).clamp_min(0).sqrt();
}

// One layer under an adapter with magnitudes.
at::Tensor apply_with_magnitude(const Linear& linear, const LowRank& part, const at::Tensor& rows,
                                const at::Tensor& mask) {
  const at::ScalarType dtype = rows.scalar_type();
  const at::Tensor weight = dense_weight(linear, dtype);
  // Close to 1, where bfloat16 has steps of half a per cent: products are scaled in fp32 and
  // rounded once.
  const at::Tensor factor = part.magnitude / row_lengths(weight, part);
  const at::Tensor x = mask.defined() ? rows * mask : rows;
  const auto product = [](const at::Tensor& in, const at::Tensor& w) {
    return at::linear(in, w).to(at::kFloat);
  };
  const at::Tensor update = product(at::linear(x, part.a.to(dtype)), part.b.to(dtype)) * part.scale;
  const at::Tensor base = product(x, weight);
  const at::Tensor y = mask.defined()
                           ? product(rows, weight) + (factor - 1) * base + factor * update
                           : factor * (base + update);
  return (linear.bias.defined() ? y + linear.bias : y).to(dtype);
}

bool has_magnitude(const std::vector<const Linear*>& linears, const AdapterSelection& selection) {
  return std::any_of(linears.begin(), linears.end(), [&](const Linear* linear) {
    const LowRank* part = linear->selected(selection);
    return part && part->magnitude.defined();
  });
}

// Results of rows [N, out] in the shape of the input.
std::vector<at::Tensor> shaped(std::vector<at::Tensor> results, const at::Tensor& x) {
  if (x.dim() == 2) return results;
  for (at::Tensor& result : results) {
    std::vector<int64_t> shape = x.sizes().vec();
    shape.back() = result.size(1);
    result = result.reshape(shape);
  }
  return results;
}

}  // namespace

const LowRank* Linear::selected(const AdapterSelection& selection) const {
  if (selection.active.empty()) return nullptr;
  const auto found = adapters.find(selection.active);
  return found == adapters.end() ? nullptr : &found->second;
}

at::Tensor apply(const Linear& linear, const at::Tensor& x, AdapterSelection& selection) {
  return apply_all({&linear}, x, selection)[0];
}

std::vector<at::Tensor> apply_all(const std::vector<const Linear*>& linears, const at::Tensor& x,
                                  AdapterSelection& selection) {
  PLUMBLINE_CHECK(!linears.empty(), "no layers");
  const at::Tensor rows = x.reshape({-1, x.size(-1)});
  const bool has_dropout = !selection.dropout_keys.empty();
  if (x.dim() == 2 && !has_dropout && !has_magnitude(linears, selection)) {
    std::vector<WeightAndBias> layers;
    for (const Linear* linear : linears) {
      layers.push_back({linear->weight, linear->bias, linear->packed});
    }
    if (are_few_rows(rows, layers)) return few_row_results(linears, rows, layers, selection);
  }
  double dropout = 0;
  for (const Linear* linear : linears) {
    PLUMBLINE_CHECK(linear->num_in() == rows.size(1),
                    fmt::format("input of {}, layer for {}", rows.size(1), linear->num_in()));
    const LowRank* part = linear->selected(selection);
    if (part) dropout = std::max(dropout, part->dropout);
  }
  at::Tensor mask;  // layers that share an input share it
  if (dropout > 0 && has_dropout) {
    PLUMBLINE_CHECK(selection.spans.total() == rows.size(0),
                    fmt::format("{} rows in spans of {}", rows.size(0), selection.spans.total()));
    mask = dropout_mask(selection, selection.num_masks++, rows.size(1), dropout, rows.options());
  }
  if (!has_magnitude(linears, selection)) {
    return shaped(joined_linear(linears, rows, mask, selection), x);
  }
  std::vector<at::Tensor> results;
  for (const Linear* linear : linears) {
    const LowRank* part = linear->selected(selection);
    results.push_back(part && part->magnitude.defined()
                          ? apply_with_magnitude(*linear, *part, rows, mask)
                          : joined_linear({linear}, rows, mask, selection)[0]);
  }
  return shaped(results, x);
}

at::Tensor weight_row_lengths(const Linear& linear, at::ScalarType dtype) {
  return at::linalg_vector_norm(dense_weight(linear, dtype), 2, {1}, false, at::kFloat);
}

at::Tensor effective_weight(const Linear& linear, const AdapterSelection& selection) {
  const LowRank* part = linear.selected(selection);
  const at::ScalarType dtype =
      linear.packed.is_defined() ? at::kBFloat16 : linear.weight.scalar_type();
  if (!part) return dense_weight(linear, dtype);
  const at::Tensor sum =
      at::addmm(dense_weight(linear, at::kFloat), part->b, part->a, 1, part->scale);
  if (!part->magnitude.defined()) return sum.to(dtype);
  const at::Tensor lengths = at::linalg_vector_norm(sum.detach(), 2, {1}, /*keepdim=*/true);
  return (sum * (part->magnitude.unsqueeze(1) / lengths)).to(dtype);
}

}  // namespace plumbline::nn
