#include "plumbline/nn/linear.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>

#include "plumbline/base/error.h"
#include "plumbline/nn/few_rows.h"

namespace plumbline::nn {
namespace {

// Autograd takes a list of defined tensors: the input, what each layer has, and the dropout mask if
// there is one. A place is an index into that list, or -1.
constexpr size_t kInput = 0;

struct Places {
  int64_t mask = -1;
  // One per layer; `weight` is of the codes where they are packed and have `scales`.
  std::vector<int64_t> weight = {}, scales = {}, bias = {}, a = {}, b = {};
  std::vector<double> scale = {};
};

// As values that an autograd context can hold.
c10::List<c10::IValue> packed(const Places& places) {
  c10::List<c10::IValue> list(c10::AnyType::get());
  for (const c10::IValue& value :
       {c10::IValue(places.mask), c10::IValue(places.weight), c10::IValue(places.scales),
        c10::IValue(places.bias), c10::IValue(places.a), c10::IValue(places.b),
        c10::IValue(places.scale)}) {
    list.push_back(value);
  }
  return list;
}

Places unpacked(const c10::IValue& value) {
  const auto list = value.toListRef();
  return {.mask = list[0].toInt(),
          .weight = list[1].toIntVector(),
          .scales = list[2].toIntVector(),
          .bias = list[3].toIntVector(),
          .a = list[4].toIntVector(),
          .b = list[5].toIntVector(),
          .scale = list[6].toDoubleVector()};
}

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

// One layer as the functions below see it. `rank` 0 means no adapter.
struct Part {
  at::Tensor weight, bias, a, b;  // a and b in the input's dtype
  PackedWeight packed;            // in place of `weight`
  double scale = 0;
  int64_t first_out = 0, num_out = 0;
  int64_t first_rank = 0, rank = 0;

  // Packed ones are unpacked each time anew: what is kept for the backward pass are the codes.
  at::Tensor dense(at::ScalarType dtype) const {
    return packed.is_defined() ? unpacked(packed, dtype) : weight;
  }
};

at::Tensor placed(at::TensorList tensors, int64_t place) {
  return place < 0 ? at::Tensor() : tensors[static_cast<size_t>(place)];
}

std::vector<Part> parts_of(at::TensorList tensors, const Places& places) {
  std::vector<Part> parts;
  int64_t out = 0, rank = 0;
  for (size_t i = 0; i < places.weight.size(); ++i) {
    Part part;
    const at::Tensor weight = placed(tensors, places.weight[i]);
    if (places.scales[i] < 0) {
      part.weight = weight;
    } else {
      part.packed = {.codes = weight, .scales = placed(tensors, places.scales[i])};
    }
    part.bias = placed(tensors, places.bias[i]);
    part.scale = places.scale[i];
    part.first_out = out;
    part.num_out = weight.size(0);
    part.first_rank = rank;
    if (places.a[i] >= 0) {
      const at::ScalarType dtype = tensors[kInput].scalar_type();
      part.a = placed(tensors, places.a[i]).to(dtype);
      part.b = placed(tensors, places.b[i]).to(dtype);
      part.rank = part.a.size(0);
    }
    out += part.num_out;
    rank += part.rank;
    parts.push_back(std::move(part));
  }
  return parts;
}

int64_t total_rank(const std::vector<Part>& parts) {
  return parts.back().first_rank + parts.back().rank;
}

// [all ranks, in]
at::Tensor joined_a(const std::vector<Part>& parts) {
  std::vector<at::Tensor> all;
  for (const Part& part : parts) {
    if (part.rank > 0) all.push_back(part.a);
  }
  return all.size() == 1 ? all[0] : at::cat(all);
}

at::Tensor columns(const at::Tensor& x, int64_t first, int64_t count) {
  return x.narrow(1, first, count);
}

// Several layers of one input, written side by side into one tensor.
class JoinedLinear : public torch::autograd::Function<JoinedLinear> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* ctx,
                                                at::TensorList tensors, const Places& places) {
    // The results are slices of one tensor; autograd is not to see them as views.
    const at::AutoDispatchBelowADInplaceOrView below_views;
    const at::Tensor &x = tensors[kInput], mask = placed(tensors, places.mask);
    const std::vector<Part> parts = parts_of(tensors, places);
    at::Tensor y =
        at::empty({x.size(0), parts.back().first_out + parts.back().num_out}, x.options());
    at::Tensor u;  // dropout(x) A^T of all adapters
    if (total_rank(parts) > 0) u = at::mm(mask.defined() ? x * mask : x, joined_a(parts).t());
    torch::autograd::variable_list results;
    for (const Part& part : parts) {
      at::Tensor y_part = columns(y, part.first_out, part.num_out);
      at::mm_out(y_part, x, part.dense(x.scalar_type()).t());
      if (part.bias.defined()) y_part.add_(part.bias);
      if (part.rank > 0) {
        y_part.addmm_(columns(u, part.first_rank, part.rank), part.b.t(), 1, part.scale);
      }
      results.push_back(y_part);
    }
    torch::autograd::variable_list saved(tensors.begin(), tensors.end());
    saved.push_back(u);
    ctx->save_for_backward(std::move(saved));
    ctx->saved_data["places"] = packed(places);
    return results;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Places places = unpacked(ctx->saved_data["places"]);
    const at::Tensor& x = saved[kInput];
    const std::vector<Part> parts = parts_of(saved, places);
    torch::autograd::variable_list result(saved.size());  // one more, for the places
    const auto wanted = [&](int64_t place) {
      return place >= 0 && ctx->needs_input_grad(static_cast<size_t>(place));
    };
    at::Tensor dx;
    for (size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      at::Tensor& dy = grads[i];
      if (!dy.defined()) dy = at::zeros({x.size(0), part.num_out}, x.options());
      if (wanted(kInput)) {
        const at::Tensor weight = part.dense(x.scalar_type());
        dx = dx.defined() ? dx.addmm_(dy, weight) : at::mm(dy, weight);
      }
      if (wanted(places.weight[i])) at_place(result, places.weight[i]) = at::mm(dy.t(), x);
      if (wanted(places.bias[i])) at_place(result, places.bias[i]) = dy.sum(0);
    }
    if (total_rank(parts) > 0) {
      low_rank_gradients(parts, places, saved, grads, dx, result);
    }
    result[kInput] = dx;
    return result;
  }

 private:
  static at::Tensor& at_place(torch::autograd::variable_list& list, int64_t place) {
    return list[static_cast<size_t>(place)];
  }

  // Fills the gradients of A and B and adds the adapters' share to dx where dx is defined.
  static void low_rank_gradients(const std::vector<Part>& parts, const Places& places,
                                 const torch::autograd::variable_list& saved,
                                 const torch::autograd::variable_list& grads, at::Tensor& dx,
                                 torch::autograd::variable_list& result) {
    const at::Tensor &x = saved[kInput], mask = placed(saved, places.mask), &u = saved.back();
    at::Tensor du = at::empty_like(u);
    for (size_t i = 0; i < parts.size(); ++i) {
      const Part& part = parts[i];
      if (part.rank == 0) continue;
      at::Tensor du_part = columns(du, part.first_rank, part.rank);
      at::mm_out(du_part, grads[i], part.b);
      const at::Tensor db = at::mm(grads[i].t(), columns(u, part.first_rank, part.rank));
      at_place(result, places.b[i]) = db.to(at::kFloat).mul_(part.scale);
      if (part.scale != 1) du_part.mul_(part.scale);
    }
    const at::Tensor da = at::mm(du.t(), mask.defined() ? x * mask : x).to(at::kFloat);
    for (size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].rank == 0) continue;
      at_place(result, places.a[i]) = da.narrow(0, parts[i].first_rank, parts[i].rank);
    }
    if (!dx.defined()) return;
    const at::Tensor a = joined_a(parts);
    if (mask.defined()) {
      dx.add_(at::mm(du, a).mul_(mask));
    } else {
      dx.addmm_(du, a);
    }
  }
};

// The same for few rows, without gradients and dropout.
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

std::vector<at::Tensor> joined_results(const std::vector<const Linear*>& linears,
                                       const at::Tensor& rows, const at::Tensor& mask,
                                       const AdapterSelection& selection) {
  std::vector<at::Tensor> tensors = {rows};
  Places places;
  const auto place = [&](const at::Tensor& tensor) -> int64_t {
    if (!tensor.defined()) return -1;
    tensors.push_back(tensor);
    return static_cast<int64_t>(tensors.size()) - 1;
  };
  for (const Linear* linear : linears) {
    const LowRank* part = linear->selected(selection);
    const bool is_packed = linear->packed.is_defined();
    places.weight.push_back(place(is_packed ? linear->packed.codes : linear->weight));
    places.scales.push_back(is_packed ? place(linear->packed.scales) : -1);
    places.bias.push_back(place(linear->bias));
    places.a.push_back(part ? place(part->a) : -1);
    places.b.push_back(part ? place(part->b) : -1);
    places.scale.push_back(part ? part->scale : 0);
  }
  places.mask = place(mask);
  return JoinedLinear::apply(at::TensorList(tensors), places);
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
    return shaped(joined_results(linears, rows, mask, selection), x);
  }
  std::vector<at::Tensor> results;
  for (const Linear* linear : linears) {
    const LowRank* part = linear->selected(selection);
    results.push_back(part && part->magnitude.defined()
                          ? apply_with_magnitude(*linear, *part, rows, mask)
                          : joined_results({linear}, rows, mask, selection)[0]);
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
