#include "plumbline/checkpoint/gguf_packed.h"

#include <ATen/ATen.h>

#include <cstring>

#include "plumbline/checkpoint/gguf_model.h"

namespace plumbline::checkpoint {
namespace {

using formats::GgufType;

constexpr size_t kHalf = 2;  // bytes of a scale

bool is_packable(const formats::GgufTensor& tensor) {
  const bool has_type = tensor.type == GgufType::Q4_0 || tensor.type == GgufType::Q4_1 ||
                        tensor.type == GgufType::Q8_0;
  return has_type && tensor.shape.size() == 2 && tensor.num_values > 0;
}

// A row's blocks, with scales and codes apart. Codes that mean signed numbers are moved to start at
// 0, which the minimum takes back.
void copy_row(GgufType type, const std::byte* blocks, int64_t num_blocks, std::byte* codes,
              at::Half* scales) {
  const size_t size = formats::gguf_block(type).size;
  const size_t head = type == GgufType::Q4_1 ? 2 * kHalf : kHalf;
  for (int64_t b = 0; b < num_blocks; ++b, blocks += size, codes += size - head) {
    at::Half two[2];
    std::memcpy(two, blocks, head);
    if (type != GgufType::Q4_1) {
      two[1] = at::Half(static_cast<float>(two[0]) * (type == GgufType::Q4_0 ? -8.0F : -128.0F));
    }
    scales[b] = two[0], scales[num_blocks + b] = two[1];
    std::memcpy(codes, blocks + head, size - head);
    if (type != GgufType::Q8_0) continue;
    for (size_t i = 0; i < size - head; ++i) codes[i] ^= std::byte{0x80};
  }
}

nn::PackedWeight packed(const formats::GgufTensor& tensor, const std::vector<int64_t>& order) {
  const int64_t rows = tensor.shape[0], blocks = tensor.shape[1] / nn::PackedWeight::kBlock;
  const int64_t row_codes = tensor.shape[1] / (tensor.type == GgufType::Q8_0 ? 1 : 2);
  const size_t row_bytes = tensor.size / static_cast<size_t>(rows);
  nn::PackedWeight weight{.codes = at::empty({rows, row_codes}, at::kByte),
                          .scales = at::empty({rows, 2, blocks}, at::kHalf)};
  auto* codes = static_cast<std::byte*>(weight.codes.mutable_data_ptr());
  auto* scales = weight.scales.data_ptr<at::Half>();
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t from = order.empty() ? row : order[static_cast<size_t>(row)];
    copy_row(tensor.type, tensor.data + static_cast<size_t>(from) * row_bytes, blocks,
             codes + row * row_codes, scales + row * 2 * blocks);
  }
  return weight;
}

}  // namespace

std::map<std::string, nn::PackedWeight> read_gguf_packed(const formats::GgufFile& file,
                                                         const config::LlavaConfig& config) {
  std::map<std::string, nn::PackedWeight> weights;
  for (const auto& [name, tensor] : file.tensors()) {
    const std::string known = gguf_weight_name(name);
    const bool is_table = known == "model.embed_tokens.weight" && !config.text.tie_embeddings;
    if (known.empty() || is_table || !is_packable(tensor)) continue;
    const nn::PackedWeight weight = packed(tensor, gguf_row_order(known, tensor.shape[0], config));
    if (weight.scales.isfinite().all().item<bool>()) weights.emplace(known, weight);
  }
  return weights;
}

}  // namespace plumbline::checkpoint
