// Keys and values of the tokens already seen, for decoding.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "plumbline/tensor/spans.h"

namespace plumbline::nn {

// `num_slots` sequences of up to `capacity` rows each, ragged, for every layer. Allocated once.
// A row enters layer by layer through `append`; `advance` then counts it. Movable, not copyable.
class KvCache {
 public:
  KvCache(int64_t num_layers, int64_t num_kv_heads, int64_t head_dim, int64_t num_slots,
          int64_t capacity, at::ScalarType dtype, at::Device device);
  KvCache(KvCache&&) = default;
  KvCache& operator=(KvCache&&) = default;

  int64_t num_slots() const { return static_cast<int64_t>(lengths_.size()); }
  int64_t num_layers() const { return static_cast<int64_t>(keys_.size()); }
  int64_t capacity() const { return capacity_; }
  // Rows the slot holds.
  int64_t length(int64_t slot) const;
  bool is_empty() const;
  // Forgets the slot's rows.
  void reset(int64_t slot) { truncate(slot, 0); }
  // Keeps the first `length` rows; length(slot) must be at least that.
  void truncate(int64_t slot, int64_t length);
  // Makes `to_slot` hold what `from_slot` holds: a prompt is run once for all its samples.
  void copy_prefix(int64_t from_slot, int64_t to_slot);

  // Writes the rows of sequence s behind the rows of slots[s] in one layer, without counting them.
  //   k_NGK, v_NGK  [N, G, K] of the cache's dtype
  void append(int64_t layer, const at::Tensor& k_NGK, const at::Tensor& v_NGK,
              const tensor::Spans& spans, const std::vector<int64_t>& slots);
  // Counts the rows appended to every layer.
  void advance(const tensor::Spans& spans, const std::vector<int64_t>& slots);

  // [num_slots, G, capacity, K]
  const at::Tensor& keys(int64_t layer) const { return keys_[static_cast<size_t>(layer)]; }
  const at::Tensor& values(int64_t layer) const { return values_[static_cast<size_t>(layer)]; }

  // What a model keeps beside the cache for the time its rows are valid (joined weights).
  std::shared_ptr<void>& companion() { return companion_; }

  // Bytes of keys and values.
  static int64_t bytes(int64_t num_layers, int64_t num_kv_heads, int64_t head_dim,
                       int64_t num_slots, int64_t capacity, at::ScalarType dtype);

 private:
  void check_slot(int64_t slot) const;

  std::vector<at::Tensor> keys_, values_;
  std::vector<int64_t> lengths_;
  int64_t capacity_;
  std::shared_ptr<void> companion_;
};

// Attention of new rows, already appended but not yet counted, over the cached and new rows of
// their slots: row t of sequence s sees length(slots[s]) + t + 1 keys, or the newest `window` of
// these where `window` is above 0. No gradients.
//   q_NHK  [N, H, K] -> [N, H, K]
// With one row per sequence an own kernel on CPU in fp32, parallel over sequence and head.
at::Tensor cached_attention(const at::Tensor& q_NHK, const KvCache& cache, int64_t layer,
                            const tensor::Spans& spans, const std::vector<int64_t>& slots,
                            int64_t window = 0);

}  // namespace plumbline::nn
