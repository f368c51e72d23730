#include "plumbline/nn/kv_cache.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "plumbline/base/error.h"

namespace plumbline::nn {
namespace {

// Writes the rows [N, G, K] of each sequence behind what its slot of [slots, G, capacity, K] holds.
class RowWriter {
 public:
  RowWriter(const at::Tensor& rows, const at::Tensor& cache)
      : rows_(rows),
        cache_(cache),
        item_(static_cast<int64_t>(rows.element_size())),
        width_(static_cast<size_t>(rows.size(2) * item_)),
        row_stride_(rows.stride(0) * item_),
        head_stride_(rows.stride(1) * item_),
        is_copied_(rows.is_cpu() && cache.is_cpu() && rows.stride(2) == 1) {
    if (!is_copied_) return;
    from_ = static_cast<const char*>(rows.const_data_ptr());
    to_ = static_cast<char*>(cache.mutable_data_ptr());
  }

  void write(int64_t first, int64_t count, int64_t slot, int64_t position) {
    if (!is_copied_) {
      cache_[slot].narrow(1, position, count).copy_(rows_.narrow(0, first, count).transpose(0, 1));
      return;
    }
    const int64_t num_heads = rows_.size(1), capacity = cache_.size(2);
    for (int64_t g = 0; g < num_heads; ++g) {
      char* to =
          to_ + ((slot * num_heads + g) * capacity + position) * static_cast<int64_t>(width_);
      const char* from = from_ + first * row_stride_ + g * head_stride_;
      for (int64_t t = 0; t < count; ++t, to += width_, from += row_stride_) {
        std::memcpy(to, from, width_);
      }
    }
  }

 private:
  const at::Tensor &rows_, &cache_;
  int64_t item_;
  size_t width_;
  int64_t row_stride_, head_stride_;
  bool is_copied_;
  const char* from_ = nullptr;
  char* to_ = nullptr;
};

}  // namespace

KvCache::KvCache(int64_t num_layers, int64_t num_kv_heads, int64_t head_dim, int64_t num_slots,
                 int64_t capacity, at::ScalarType dtype, at::Device device)
    : lengths_(static_cast<size_t>(num_slots), 0), capacity_(capacity) {
  PLUMBLINE_CHECK(num_slots >= 0 && capacity >= 0,
                  fmt::format("{} slots of {} rows", num_slots, capacity));
  const auto options = at::dtype(dtype).device(device);
  for (int64_t layer = 0; layer < num_layers; ++layer) {
    keys_.push_back(at::empty({num_slots, num_kv_heads, capacity, head_dim}, options));
    values_.push_back(at::empty({num_slots, num_kv_heads, capacity, head_dim}, options));
  }
}

int64_t KvCache::length(int64_t slot) const {
  check_slot(slot);
  return lengths_[static_cast<size_t>(slot)];
}

bool KvCache::is_empty() const {
  return std::all_of(lengths_.begin(), lengths_.end(), [](int64_t n) { return n == 0; });
}

void KvCache::truncate(int64_t slot, int64_t length) {
  check_slot(slot);
  int64_t& current = lengths_[static_cast<size_t>(slot)];
  PLUMBLINE_CHECK(length >= 0 && length <= current,
                  fmt::format("slot {} holds {} rows, asked to keep {}", slot, current, length));
  current = length;
}

void KvCache::copy_prefix(int64_t from_slot, int64_t to_slot) {
  const at::NoGradGuard no_grad;
  const int64_t rows = length(from_slot);
  check_slot(to_slot);
  if (from_slot == to_slot) return;
  for (std::vector<at::Tensor>* side : {&keys_, &values_}) {
    for (const at::Tensor& layer : *side) {
      layer[to_slot].narrow(1, 0, rows).copy_(layer[from_slot].narrow(1, 0, rows));
    }
  }
  lengths_[static_cast<size_t>(to_slot)] = rows;
}

void KvCache::append(int64_t layer, const at::Tensor& k_NGK, const at::Tensor& v_NGK,
                     const tensor::Spans& spans, const std::vector<int64_t>& slots) {
  const at::NoGradGuard no_grad;
  const at::Tensor& k = keys(layer);
  const at::Tensor& v = values(layer);
  PLUMBLINE_CHECK(k_NGK.size(0) == spans.total() && k_NGK.sizes() == v_NGK.sizes() &&
                      k_NGK.size(1) == k.size(1) && k_NGK.size(2) == k.size(3) &&
                      k_NGK.scalar_type() == k.scalar_type() &&
                      v_NGK.scalar_type() == k.scalar_type() &&
                      static_cast<int64_t>(slots.size()) == spans.size(),
                  fmt::format("{} rows for spans of {}, {} slots for {} sequences", k_NGK.size(0),
                              spans.total(), slots.size(), spans.size()));
  RowWriter write_k(k_NGK, k), write_v(v_NGK, v);
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t slot = slots[static_cast<size_t>(s)];
    const int64_t position = length(slot);
    PLUMBLINE_CHECK(position + spans.length(s) <= capacity_,
                    fmt::format("slot {} holds {} of {} rows, cannot take {} more", slot, position,
                                capacity_, spans.length(s)));
    write_k.write(spans.begin(s), spans.length(s), slot, position);
    write_v.write(spans.begin(s), spans.length(s), slot, position);
  }
}

void KvCache::advance(const tensor::Spans& spans, const std::vector<int64_t>& slots) {
  for (int64_t s = 0; s < spans.size(); ++s) {
    const int64_t slot = slots[static_cast<size_t>(s)];
    check_slot(slot);
    lengths_[static_cast<size_t>(slot)] += spans.length(s);
  }
}

int64_t KvCache::bytes(int64_t num_layers, int64_t num_kv_heads, int64_t head_dim,
                       int64_t num_slots, int64_t capacity, at::ScalarType dtype) {
  return 2 * num_layers * num_kv_heads * head_dim * num_slots * capacity *
         static_cast<int64_t>(c10::elementSize(dtype));
}

void KvCache::check_slot(int64_t slot) const {
  PLUMBLINE_CHECK(slot >= 0 && slot < num_slots(), fmt::format("slot {} of {}", slot, num_slots()));
}

}  // namespace plumbline::nn
