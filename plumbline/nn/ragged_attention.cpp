#include "plumbline/nn/ragged_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/tensor/host.h"

namespace plumbline::nn {
namespace {

at::Tensor with_dense_heads(const at::Tensor& x) {
  return x.stride(2) == 1 && x.stride(1) == x.size(2) ? x : x.contiguous();
}

using Offsets = std::vector<int64_t>;

// The shapes and row strides of one call, and where a (sequence, key head) begins. The queries of a
// sequence are the last of its keys' rows.
struct Layout {
  Layout(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, Offsets query_offsets,
         Offsets key_offsets)
      : queries(std::move(query_offsets)),
        keys(std::move(key_offsets)),
        num_heads(q.size(1)),
        num_kv_heads(k.size(1)),
        head_dim(q.size(2)),
        q_data(q.const_data_ptr<float>()),
        k_data(k.const_data_ptr<float>()),
        v_data(v.const_data_ptr<float>()),
        q_stride(q.stride(0)),
        k_stride(k.stride(0)),
        v_stride(v.stride(0)) {}

  int64_t num_sequences() const { return static_cast<int64_t>(keys.size()) - 1; }

  // Calls work(sequence's first query row, first key row, query head, the head, scratch) for every
  // sequence and query head. Heads that share a key head follow one another in one thread.
  template <class Work>
  void for_each_head(const Work& work) const {
    const int64_t group = num_heads / num_kv_heads;
    const int64_t sequences = std::max<int64_t>(1, num_sequences());
    const int64_t mean_queries = queries.back() / sequences, mean_keys = keys.back() / sequences;
    const int64_t cost = 2 * mean_queries * mean_keys * head_dim * group;
    const int64_t num_tasks = num_sequences() * num_kv_heads;
    at::parallel_for(0, num_tasks, kernels::grain(cost), [&](int64_t begin, int64_t end) {
      std::vector<float> scratch;
      for (int64_t task = begin; task < end; ++task) {
        const auto s = static_cast<size_t>(task / num_kv_heads);
        const int64_t num_queries = queries[s + 1] - queries[s], num_keys = keys[s + 1] - keys[s];
        if (num_queries == 0) continue;
        const auto needed = static_cast<size_t>(kernels::attention_scratch(num_keys, head_dim));
        if (scratch.size() < needed) scratch.resize(needed);
        const int64_t g = task % num_kv_heads;
        for (int64_t h = g * group; h < (g + 1) * group; ++h) {
          work(queries[s], keys[s], h, head(s, h, g), scratch.data());
        }
      }
    });
  }

  kernels::AttentionHead head(size_t s, int64_t h, int64_t g) const {
    const int64_t num_queries = queries[s + 1] - queries[s];
    return {.q = q_data + queries[s] * q_stride + h * head_dim,
            .k = k_data + keys[s] * k_stride + g * head_dim,
            .v = v_data + keys[s] * v_stride + g * head_dim,
            .q_stride = q_stride,
            .k_stride = k_stride,
            .v_stride = v_stride,
            .num_queries = num_queries,
            .num_past = keys[s + 1] - keys[s] - num_queries,
            .head_dim = head_dim};
  }

  Offsets queries, keys;
  int64_t num_heads, num_kv_heads, head_dim;
  const float *q_data, *k_data, *v_data;
  int64_t q_stride, k_stride, v_stride;
};

class FusedAttention : public torch::autograd::Function<FusedAttention> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& q,
                            const at::Tensor& k, const at::Tensor& v, const Offsets& queries,
                            const Offsets& keys) {
    const Layout layout(q, k, v, queries, keys);
    at::Tensor out = at::empty(q.sizes(), q.options());
    at::Tensor lse = at::empty({q.size(0), q.size(1)}, q.options());
    float* out_data = out.data_ptr<float>();
    float* lse_data = lse.data_ptr<float>();
    const int64_t stride = layout.num_heads * layout.head_dim;
    layout.for_each_head(
        [&](int64_t first, int64_t, int64_t h, const kernels::AttentionHead& head, float* scratch) {
          kernels::loops().attention_forward(head, out_data + first * stride + h * layout.head_dim,
                                             stride, lse_data + first * layout.num_heads + h,
                                             layout.num_heads, scratch);
        });
    ctx->save_for_backward({q, k, v, out, lse});
    ctx->saved_data["queries"] = queries;
    ctx->saved_data["keys"] = keys;
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &out = saved[3], &lse = saved[4];
    const at::Tensor dout = grads[0].contiguous();
    const Layout layout(q, k, v, ctx->saved_data["queries"].toIntVector(),
                        ctx->saved_data["keys"].toIntVector());
    at::Tensor dq = at::empty(q.sizes(), q.options());
    at::Tensor dk = at::zeros(k.sizes(), k.options());
    at::Tensor dv = at::zeros(v.sizes(), v.options());
    const float* out_data = out.const_data_ptr<float>();
    const float* dout_data = dout.const_data_ptr<float>();
    const float* lse_data = lse.const_data_ptr<float>();
    float *dq_data = dq.data_ptr<float>(), *dk_data = dk.data_ptr<float>();
    float* dv_data = dv.data_ptr<float>();
    const int64_t group = layout.num_heads / layout.num_kv_heads;
    const int64_t stride = layout.num_heads * layout.head_dim;
    const int64_t kv_stride = layout.num_kv_heads * layout.head_dim;
    layout.for_each_head([&](int64_t first, int64_t first_key, int64_t h,
                             const kernels::AttentionHead& head, float* scratch) {
      const int64_t at = first * stride + h * layout.head_dim;
      const int64_t kv_at = first_key * kv_stride + h / group * layout.head_dim;
      kernels::loops().attention_backward(head,
                                          {.out = out_data + at,
                                           .dout = dout_data + at,
                                           .out_stride = stride,
                                           .logsumexp = lse_data + first * layout.num_heads + h,
                                           .lse_stride = layout.num_heads,
                                           .dq = dq_data + at,
                                           .dq_stride = stride,
                                           .dk = dk_data + kv_at,
                                           .dv = dv_data + kv_at,
                                           .dkv_stride = kv_stride},
                                          scratch);
    });
    return {dq, dk, dv, at::Tensor(), at::Tensor()};
  }
};

void check_shapes(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const tensor::Spans& spans, const tensor::Prefixes& prefixes) {
  const bool fits = q.dim() == 3 && k.dim() == 3 && k.sizes() == v.sizes() &&
                    q.size(0) == spans.total() && k.size(0) == spans.total() &&
                    k.size(2) == q.size(2) && k.size(1) > 0 && q.size(1) % k.size(1) == 0;
  PLUMBLINE_CHECK(fits, fmt::format("q of {} values, k of {}, v of {}, spans of {} rows", q.numel(),
                                    k.numel(), v.numel(), spans.total()));
  tensor::check_prefixes(prefixes, spans);
}

// Keys or values with the rows of a shared prefix before those of every sequence that has it.
struct Keys {
  at::Tensor k, v;
  tensor::Spans spans;
};

Keys with_prefixes(const at::Tensor& k, const at::Tensor& v, const tensor::Spans& spans,
                   const tensor::Prefixes& prefixes) {
  if (prefixes.empty()) return {k, v, spans};
  const auto [rows, key_spans] = tensor::rows_with_prefixes(spans, prefixes);
  const at::Tensor index = tensor::to_tensor(rows, k.device());
  return {k.index_select(0, index), v.index_select(0, index), key_spans};
}

at::Tensor composite(const at::Tensor& q_NHK, const Keys& keys, const tensor::Spans& spans,
                     int64_t window) {
  const std::vector<int64_t> lengths = spans.lengths(), key_lengths = keys.spans.lengths();
  // One split has one backward pass; a slice per sequence would allocate the whole for each.
  const auto q = q_NHK.split_with_sizes(lengths), k = keys.k.split_with_sizes(key_lengths),
             v = keys.v.split_with_sizes(key_lengths);
  const auto heads_first = [](const at::Tensor& x) { return x.transpose(0, 1).unsqueeze(0); };
  std::vector<at::Tensor> parts;
  for (size_t s = 0; s < lengths.size(); ++s) {
    if (lengths[s] == 0) continue;
    const int64_t num_past = key_lengths[s] - lengths[s];
    std::optional<at::Tensor> mask;
    if (num_past > 0 || (window > 0 && lengths[s] > window)) {
      mask =
          at::ones({lengths[s], key_lengths[s]}, q_NHK.options().dtype(at::kBool)).tril(num_past);
      if (window > 0) mask = mask->triu(num_past + 1 - window);
    }
    const at::Tensor part = at::scaled_dot_product_attention(
        heads_first(q[s]), heads_first(k[s]), heads_first(v[s]), mask,
        /*dropout_p=*/0.0, /*is_causal=*/!mask, /*scale=*/std::nullopt,
        /*enable_gqa=*/q_NHK.size(1) != keys.k.size(1));
    parts.push_back(part.squeeze(0).transpose(0, 1));
  }
  return parts.empty() ? at::empty_like(q_NHK) : at::cat(parts);
}

}  // namespace

at::Tensor ragged_attention(const at::Tensor& q_NHK, const at::Tensor& k_NGK,
                            const at::Tensor& v_NGK, const tensor::Spans& spans, int64_t window,
                            const tensor::Prefixes& prefixes) {
  check_shapes(q_NHK, k_NGK, v_NGK, spans, prefixes);
  // In bfloat16 torch's own backward pass costs more than these conversions do.
  const auto wide = [](const at::Tensor& x) { return with_dense_heads(x.to(at::kFloat)); };
  const bool is_supported = q_NHK.is_cpu() && kernels::attention_supports(q_NHK.size(2));
  const Keys keys = with_prefixes(is_supported ? wide(k_NGK) : k_NGK,
                                  is_supported ? wide(v_NGK) : v_NGK, spans, prefixes);
  const bool has_hidden_keys = window > 0 && keys.spans.max_length() > window;
  if (!is_supported || has_hidden_keys) {
    return composite(q_NHK,
                     {keys.k.to(q_NHK.scalar_type()), keys.v.to(q_NHK.scalar_type()), keys.spans},
                     spans, window);
  }
  return FusedAttention::apply(wide(q_NHK), keys.k, keys.v, spans.offsets(), keys.spans.offsets())
      .to(q_NHK.scalar_type());
}

at::Tensor ragged_attention_composite(const at::Tensor& q_NHK, const at::Tensor& k_NGK,
                                      const at::Tensor& v_NGK, const tensor::Spans& spans,
                                      int64_t window, const tensor::Prefixes& prefixes) {
  check_shapes(q_NHK, k_NGK, v_NGK, spans, prefixes);
  return composite(q_NHK, with_prefixes(k_NGK, v_NGK, spans, prefixes), spans, window);
}

}  // namespace plumbline::nn
