#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>

#include "plumbline/base/error.h"
#include "plumbline/nn/halves.h"
#include "plumbline/nn/kernels.h"
#include "plumbline/nn/kv_cache.h"

namespace plumbline::nn {
namespace {

constexpr int64_t kVectorSlack = 16;  // the one-query kernel rounds its scratch up to whole vectors

// Of `held` keys, how many the newest query sees.
int64_t num_seen(int64_t held, int64_t window) {
  return window > 0 ? std::min(held, window) : held;
}

// Own kernels: fp32 on CPU, parallel over sequence and query head. A sequence longer than the
// window must have one query.
void attend(const at::Tensor& q, const KvCache& cache, int64_t layer, const tensor::Spans& spans,
            const std::vector<int64_t>& slots, int64_t window, at::Tensor& out) {
  const at::Tensor &keys = cache.keys(layer), &values = cache.values(layer);
  const int64_t num_heads = q.size(1), head_dim = q.size(2);
  const int64_t group = num_heads / keys.size(1);
  const float* q_data = q.const_data_ptr<float>();
  const float* k_data = keys.const_data_ptr<float>();
  const float* v_data = values.const_data_ptr<float>();
  float* out_data = out.data_ptr<float>();
  const int64_t row = num_heads * head_dim;
  int64_t cost = 0;
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t num_past = cache.length(slots[static_cast<size_t>(s)]);
    cost += 4 * spans.length(s) * (num_past + spans.length(s)) * head_dim;
  }
  const int64_t grain = kernels::grain(cost / std::max<int64_t>(1, spans.size()));
  at::parallel_for(0, spans.size() * num_heads, grain, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch;
    for (int64_t task = begin; task < end; ++task) {
      const int64_t s = task / num_heads, h = task % num_heads;
      const int64_t num_new = spans.length(s), slot = slots[static_cast<size_t>(s)];
      if (num_new == 0) continue;
      const int64_t num_past = cache.length(slot);
      const int64_t num_keys = num_past + num_new;
      const auto needed = static_cast<size_t>(
          num_new == 1 ? num_keys + kVectorSlack : kernels::attention_scratch(num_keys, head_dim));
      if (scratch.size() < needed) scratch.resize(needed);
      const int64_t from = slot * keys.stride(0) + h / group * keys.stride(1);
      const int64_t at = spans.begin(s) * row + h * head_dim;
      const float* query = q_data + spans.begin(s) * q.stride(0) + h * head_dim;
      if (num_new == 1) {
        const int64_t seen = num_seen(num_keys, window);
        const int64_t newest = from + (num_keys - seen) * head_dim;
        kernels::loops().attention_one_query(query, k_data + newest, v_data + newest, seen,
                                             head_dim, out_data + at, scratch.data());
        continue;
      }
      kernels::loops().attention_forward({.q = query,
                                          .k = k_data + from,
                                          .v = v_data + from,
                                          .q_stride = q.stride(0),
                                          .k_stride = head_dim,
                                          .v_stride = head_dim,
                                          .num_queries = num_new,
                                          .num_past = num_past,
                                          .head_dim = head_dim},
                                         out_data + at, row, nullptr, 0, scratch.data());
    }
  });
}

// One new row for each sequence in bfloat16, parallel over sequence and query head.
void attend_bf16(const at::Tensor& q, const KvCache& cache, int64_t layer,
                 const std::vector<int64_t>& slots, int64_t window, at::Tensor& out) {
  const at::Tensor &keys = cache.keys(layer), &values = cache.values(layer);
  const int64_t num_heads = q.size(1), head_dim = q.size(2);
  const int64_t group = num_heads / keys.size(1);
  const kernels::Half *q_data = halves(q), *k_data = halves(keys), *v_data = halves(values);
  kernels::Half* out_data = mutable_halves(out);
  int64_t cost = 0;
  for (const int64_t slot : slots) cost += 4 * (cache.length(slot) + 1) * head_dim;
  const int64_t grain = kernels::grain(cost / std::max<int64_t>(1, std::ssize(slots)));
  at::parallel_for(0, std::ssize(slots) * num_heads, grain, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch;
    for (int64_t task = begin; task < end; ++task) {
      const int64_t s = task / num_heads, h = task % num_heads;
      const int64_t slot = slots[static_cast<size_t>(s)];
      const int64_t num_keys = cache.length(slot) + 1, seen = num_seen(num_keys, window);
      const auto needed = static_cast<size_t>(num_keys + kVectorSlack + 2 * head_dim);
      if (scratch.size() < needed) scratch.resize(needed);
      const int64_t newest =
          slot * keys.stride(0) + h / group * keys.stride(1) + (num_keys - seen) * head_dim;
      kernels::inference_loops().attention_one_query_bf16(
          q_data + s * q.stride(0) + h * head_dim, k_data + newest, v_data + newest, seen, head_dim,
          out_data + (s * num_heads + h) * head_dim, scratch.data());
    }
  });
}

bool is_one_row_each(const tensor::Spans& spans) {
  return spans.max_length() == 1 && spans.total() == spans.size();
}

at::Tensor attend_one_sequence(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               int64_t num_past, int64_t window) {
  const int64_t num_new = q.size(0);
  const bool is_grouped = q.size(1) != k.size(0);
  std::optional<at::Tensor> mask;
  if (num_new > 1) {  // row t sees num_past + t + 1 keys; torch's own causal mask would not
    mask = at::ones({num_new, num_past + num_new}, q.options().dtype(at::kBool)).tril(num_past);
    if (window > 0) mask = mask->triu(num_past + 1 - window);
  }
  return at::scaled_dot_product_attention(q.transpose(0, 1).unsqueeze(0), k.unsqueeze(0),
                                          v.unsqueeze(0), mask, 0.0, false, std::nullopt,
                                          is_grouped)
      .squeeze(0)
      .transpose(0, 1);
}

// Whether some query may not see all keys before it, which only a mask can say.
bool needs_mask(const KvCache& cache, const tensor::Spans& spans, const std::vector<int64_t>& slots,
                int64_t window) {
  for (int64_t s = 0; window > 0 && s < spans.size(); ++s) {
    const int64_t held = cache.length(slots[static_cast<size_t>(s)]) + spans.length(s);
    if (spans.length(s) > 1 && held > window) return true;
  }
  return false;
}

}  // namespace

at::Tensor cached_attention(const at::Tensor& q_NHK, const KvCache& cache, int64_t layer,
                            const tensor::Spans& spans, const std::vector<int64_t>& slots,
                            int64_t window) {
  const at::NoGradGuard no_grad;
  const at::Tensor& keys = cache.keys(layer);
  PLUMBLINE_CHECK(q_NHK.dim() == 3 && q_NHK.size(0) == spans.total() &&
                      q_NHK.size(2) == keys.size(3) && q_NHK.size(1) % keys.size(1) == 0 &&
                      static_cast<int64_t>(slots.size()) == spans.size(),
                  fmt::format("{} rows for spans of {}, {} slots for {} sequences", q_NHK.size(0),
                              spans.total(), slots.size(), spans.size()));
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t held = cache.length(slots[static_cast<size_t>(s)]) + spans.length(s);
    PLUMBLINE_CHECK(held <= cache.capacity(),
                    fmt::format("{} rows in a cache of {}", held, cache.capacity()));
  }
  at::Tensor out = at::empty(q_NHK.sizes(), q_NHK.options());
  const bool is_dense = q_NHK.stride(2) == 1 && q_NHK.stride(1) == q_NHK.size(2);
  if (are_plain_halves(q_NHK) && keys.scalar_type() == at::kBFloat16 && is_one_row_each(spans) &&
      kernels::attention_supports(q_NHK.size(2))) {
    attend_bf16(is_dense ? q_NHK : q_NHK.contiguous(), cache, layer, slots, window, out);
    return out;
  }
  if (q_NHK.is_cpu() && q_NHK.scalar_type() == at::kFloat && keys.scalar_type() == at::kFloat &&
      kernels::attention_supports(q_NHK.size(2)) && !needs_mask(cache, spans, slots, window)) {
    attend(is_dense ? q_NHK : q_NHK.contiguous(), cache, layer, spans, slots, window, out);
    return out;
  }
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t num_new = spans.length(s), slot = slots[static_cast<size_t>(s)];
    if (num_new == 0) continue;
    const int64_t held = cache.length(slot) + num_new;
    const int64_t seen = num_new == 1 ? num_seen(held, window) : held;
    out.narrow(0, spans.begin(s), num_new)
        .copy_(attend_one_sequence(
            q_NHK.narrow(0, spans.begin(s), num_new), keys[slot].narrow(1, held - seen, seen),
            cache.values(layer)[slot].narrow(1, held - seen, seen), seen - num_new, window));
  }
  return out;
}

}  // namespace plumbline::nn
