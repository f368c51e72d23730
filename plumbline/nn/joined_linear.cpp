#include "plumbline/nn/joined_linear.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

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

}  // namespace

std::vector<at::Tensor> joined_linear(const std::vector<const Linear*>& linears,
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

}  // namespace plumbline::nn
