#include <fmt/format.h>

#include "plumbline/model/llava_state.h"

namespace plumbline::model {
namespace {

using Shape = std::vector<int64_t>;

class SlotList {
 public:
  void add(const std::string& name, at::Tensor& tensor, Shape shape, FirstValue first,
           nn::PackedWeight* packed = nullptr) {
    slots_.push_back({name, &tensor, std::move(shape), first, packed});
  }
  void add_linear(const std::string& name, Affine& layer, int64_t out, int64_t in,
                  FirstValue first = FirstValue::Linear, bool has_bias = true) {
    add(name + ".weight", layer.weight, {out, in}, first);
    if (has_bias) add(name + ".bias", layer.bias, {out}, FirstValue::Zero);
  }
  void add_norm(const std::string& name, Affine& layer, int64_t size) {
    add(name + ".weight", layer.weight, {size}, FirstValue::One);
    add(name + ".bias", layer.bias, {size}, FirstValue::Zero);
  }
  std::vector<WeightSlot> take() { return std::move(slots_); }

 private:
  std::vector<WeightSlot> slots_;
};

void add_tower(SlotList& list, VisionTower& tower, const config::VisionConfig& config) {
  const std::string root = "vision_tower.vision_model.";
  const int64_t size = config.hidden_size, inner = config.intermediate_size;
  const bool is_clip = config.kind == config::TowerKind::Clip;
  list.add(root + "embeddings.patch_embedding.weight", tower.patch.weight,
           {size, 3, config.patch_size, config.patch_size}, FirstValue::Linear);
  list.add(root + "embeddings.position_embedding.weight", tower.position_embedding,
           {config.num_rows(), size}, FirstValue::Embedding);
  if (is_clip) {
    list.add(root + "embeddings.class_embedding", tower.class_embedding, {size},
             FirstValue::Embedding);
    list.add_norm(root + "pre_layrnorm", tower.pre_norm, size);  // spelt so in every checkpoint
  } else {
    list.add(root + "embeddings.patch_embedding.bias", tower.patch.bias, {size}, FirstValue::Zero);
  }
  list.add_norm(root + "post_layernorm", tower.post_norm, size);
  tower.blocks.resize(static_cast<size_t>(config.num_layers));
  for (size_t i = 0; i < tower.blocks.size(); ++i) {
    TowerBlock& block = tower.blocks[i];
    const std::string at = fmt::format("{}encoder.layers.{}.", root, i);
    list.add_norm(at + "layer_norm1", block.norm1, size);
    list.add_linear(at + "self_attn.q_proj", block.q, size, size);
    list.add_linear(at + "self_attn.k_proj", block.k, size, size);
    list.add_linear(at + "self_attn.v_proj", block.v, size, size);
    list.add_linear(at + "self_attn.out_proj", block.out, size, size, FirstValue::Output);
    list.add_norm(at + "layer_norm2", block.norm2, size);
    list.add_linear(at + "mlp.fc1", block.fc1, inner, size);
    list.add_linear(at + "mlp.fc2", block.fc2, size, inner, FirstValue::Output);
  }
}

// [out, in] of one of block_linears(), in their order.
Shape linear_shape(size_t index, const config::LlamaConfig& config) {
  const int64_t size = config.hidden_size, inner = config.intermediate_size;
  const int64_t q = config.num_heads * config.head_dim, kv = config.num_kv_heads * config.head_dim;
  const std::vector<Shape> shapes = {{q, size},     {kv, size},    {kv, size},   {size, q},
                                     {inner, size}, {inner, size}, {size, inner}};
  return shapes[index];
}

bool has_bias(size_t index, const config::LlamaConfig& config) {
  const std::string name = block_linears()[index].name;
  if (name.starts_with("mlp.")) return config.mlp_bias;
  return name.ends_with("o_proj") ? config.o_bias : config.qkv_bias;
}

// Whether one of block_linears() ends its half of the block: o_proj and down_proj.
bool adds_to_stream(size_t index) {
  const std::string name = block_linears()[index].name;
  return name.ends_with("o_proj") || name.ends_with("down_proj");
}

void add_decoder(SlotList& list, Decoder& decoder, const config::LlamaConfig& config) {
  const std::string root = "language_model.model.";
  const int64_t size = config.hidden_size;
  list.add(root + "embed_tokens.weight", decoder.embedding, {config.vocab_size, size},
           FirstValue::Embedding, config.tie_embeddings ? &decoder.packed_head : nullptr);
  decoder.blocks.resize(static_cast<size_t>(config.num_layers));
  for (size_t i = 0; i < decoder.blocks.size(); ++i) {
    DecoderBlock& block = decoder.blocks[i];
    const std::string at = fmt::format("{}layers.{}.", root, i);
    const auto& linears = block_linears();
    for (size_t j = 0; j < linears.size(); ++j) {
      nn::Linear& linear = block.*linears[j].member;
      const Shape shape = linear_shape(j, config);
      list.add(at + linears[j].name + ".weight", linear.weight, shape,
               adds_to_stream(j) ? FirstValue::Output : FirstValue::Linear, &linear.packed);
      if (!has_bias(j, config)) continue;
      list.add(at + linears[j].name + ".bias", linear.bias, {shape[0]}, FirstValue::Zero);
    }
    list.add(at + "input_layernorm.weight", block.input_norm, {size}, FirstValue::One);
    list.add(at + "post_attention_layernorm.weight", block.post_attention_norm, {size},
             FirstValue::One);
  }
  list.add(root + "norm.weight", decoder.norm, {size}, FirstValue::One);
  if (config.tie_embeddings) return;
  list.add("language_model.lm_head.weight", decoder.head, {config.vocab_size, size},
           FirstValue::Head, &decoder.packed_head);
}

void add_projector(SlotList& list, Projector& projector, const config::LlavaConfig& config) {
  const int64_t size = config.text.hidden_size;
  list.add_linear("multi_modal_projector.linear_1", projector.linear1, size,
                  config.vision.hidden_size, FirstValue::Linear, config.projector_bias);
  if (config.projector == config::ProjectorKind::Linear) return;
  list.add_linear("multi_modal_projector.linear_2", projector.linear2, size, size,
                  FirstValue::Linear, config.projector_bias);
}

}  // namespace

std::vector<WeightSlot> weight_slots(Base& base, const config::LlavaConfig& config) {
  SlotList list;
  if (config.takes_images()) {
    add_tower(list, base.tower, config.vision);
    add_projector(list, base.projector, config);
  }
  add_decoder(list, base.decoder, config.text);
  return list.take();
}

std::map<std::string, Shape> weight_shapes(const config::LlavaConfig& config) {
  Base base;
  std::map<std::string, Shape> shapes;
  for (const WeightSlot& slot : weight_slots(base, config)) shapes.emplace(slot.name, slot.shape);
  return shapes;
}

}  // namespace plumbline::model
