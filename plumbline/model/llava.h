// A LLaVA model, or its language model alone: one frozen base, many adapters.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plumbline/base/random.h"
#include "plumbline/config/llava_config.h"
#include "plumbline/nn/adapter_spec.h"
#include "plumbline/nn/kv_cache.h"
#include "plumbline/nn/packed_weight.h"
#include "plumbline/nn/parameters.h"
#include "plumbline/tensor/prefixes.h"
#include "plumbline/tensor/spans.h"

namespace plumbline::model {

// The names and shapes of Llava::parameters() for a config, without the memory.
std::map<std::string, std::vector<int64_t>> weight_shapes(const config::LlavaConfig& config);

// Vision tower, projector and language model, with named LoRA adapters and scalar heads on the
// language model. Everything starts with requires_grad false; callers switch it on for what they
// train. One thread at a time. Movable, not copyable.
// Where config().takes_images() is false there is neither tower nor projector.
// Source: Liu et al. 2023 (arXiv 2304.08485, 2310.03744); names and arithmetic of Hugging Face's
// LLaVA, CLIP, SigLIP, LLaMA, Mistral and Qwen2.
class Llava {
 public:
  // Random weights: normal, scaled as FirstValue in llava_state.h says, 1 for norms, 0 for biases;
  // each tensor from its own stream of `init`, named after it. Without `init` the weights are
  // whatever lies in memory: for a caller that sets all of them. Throws ConfigError when the config
  // is inconsistent.
  static Llava create(const config::LlavaConfig& config, std::optional<RandomKey> init,
                      at::ScalarType dtype, at::Device device);
  Llava(Llava&&) noexcept;
  Llava& operator=(Llava&&) noexcept;
  ~Llava();

  const config::LlavaConfig& config() const;
  at::ScalarType dtype() const;
  at::Device device() const;

  // All base weights under Hugging Face's classic on-disk names. A tied head is listed once, as
  // language_model.model.embed_tokens.weight. Packed weights are left out.
  nn::Parameters parameters();

  // Bytes of all base weights, packed ones too.
  int64_t base_bytes();

  // Keeps a linear layer of the decoder packed in place of its weight. The head's values are packed
  // for `logits`, beside what embeds and trains. Returns whether there is such a weight of that
  // shape, which can be packed; else nothing changes.
  bool pack(const std::string& name, const nn::PackedWeight& packed);
  // Unpacks all weights, in the model's dtype: `parameters` then lists them.
  void unpack();

  // pixels [B, 3, H, W] -> tower features [B, I, Dv] at select_layer, I = config().image_rows().
  // Throws DataError when the model takes no images; so does `project`.
  at::Tensor encode_images(const at::Tensor& pixels);
  // features [B, I, Dv] -> rows of the language model's width [B, I, D].
  at::Tensor project(const at::Tensor& features);

  // Input rows of the language model, [N, D].
  //   ids         [N] int64; the image token's i-th occurrence stands for the i-th image row
  //   image_rows  [M, D] projected features, or undefined when there are none
  // Throws DataError when placeholders and rows differ in number. Call it in the scope of the
  // adapter that `forward` will use, as an adapter may have an embedding of its own.
  at::Tensor embed(const at::Tensor& ids, const at::Tensor& image_rows);

  // rows [N, D] -> hidden rows [N, D] after the final norm. Positions start at 0 in each sequence,
  // or behind its prefix, which it sees as if it stood before it. Differentiable.
  // Note: where rotary angles are stretched by a sequence's length, a prefix keeps those of its
  // own, as keys in a cache do.
  at::Tensor forward(const at::Tensor& rows, const tensor::Spans& spans,
                     const tensor::Prefixes& prefixes = {});
  // The states between the blocks, [N, D] each: the rows themselves and what every block hands on,
  // before the final norm. For probes and comparisons.
  std::vector<at::Tensor> states(const at::Tensor& rows, const tensor::Spans& spans);
  // The same as forward for rows that continue slots[s] of a cache (distinct slots), which they are
  // appended to. Without gradients. The weights must not change while the cache holds rows.
  at::Tensor forward(const at::Tensor& rows, const tensor::Spans& spans, nn::KvCache& cache,
                     const std::vector<int64_t>& slots);
  // A cache of this model's shape, dtype and device.
  nn::KvCache make_cache(int64_t num_slots, int64_t capacity) const;

  // [V, D]: the adapter's own where it has one; the token embedding itself when tied.
  at::Tensor head_weight();
  // hidden [..., D] -> [..., V].
  at::Tensor logits(const at::Tensor& hidden);

  // Whether `forward` keeps only what enters each block for the backward pass, which then runs the
  // blocks once more: less memory, a third more time, the same gradients.
  void set_activation_checkpointing(bool is_on);

  // Adapters. A is Kaiming-uniform (a = sqrt 5), B zero, magnitudes the lengths of the
  // weight's rows, saved modules copies of the base's, all fp32, so a new adapter changes nothing.
  // Unknown names, names taken, targets that match no layer and saved modules that are unknown, or
  // tied to one another, throw ConfigError.
  void add_adapter(const std::string& name, const nn::AdapterSpec& spec, RandomKey init);
  // Copies values (and the scalar head, where `from` has one); `to` is created or replaced. Where
  // `to` exists with the same spec its tensors are kept and written into.
  void copy_adapter(const std::string& from, const std::string& to);
  void remove_adapter(const std::string& name);
  bool has_adapter(const std::string& name) const;
  const nn::AdapterSpec& adapter_spec(const std::string& name) const;
  std::vector<std::string> adapters() const;
  // Under PEFT's names:
  // base_model.model.language_model.model.layers.0.self_attn.q_proj.lora_A.weight, and for saved
  // modules base_model.model.language_model.lm_head.weight; lora_magnitude_vector with dora.
  nn::Parameters adapter_parameters(const std::string& name);
  // Adds scale B A to the base weights in fp32, puts saved modules in place of the base's, and
  // removes the adapter and its head.
  void merge_adapter(const std::string& name);
  // Name of the adapter in use, "" for the plain base. Set by AdapterScope.
  std::string active_adapter() const;

  // A scalar head of adapter `name` (or of the base, ""): normal weight with deviation
  // 1 / sqrt(D + 1), or zero; bias 0; fp32.
  void add_head(const std::string& name, RandomKey init, bool zero);
  bool has_head(const std::string& name) const;
  nn::Parameters head_parameters(const std::string& name);  // "weight" [1, D], "bias" [1]
  // hidden [..., D] -> [...] fp32.
  at::Tensor score(const std::string& head, const at::Tensor& hidden);

 private:
  friend class AdapterScope;
  struct State;
  explicit Llava(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Selects an adapter for the life of the scope and then restores the former one. "" is the plain
// base. With dropout keys, one for each sequence of the batch that the scope runs, the adapter's
// dropout is on, drawn from these streams. Scopes nest; the model must outlive the scope and not be
// moved meanwhile. Throws ConfigError for an unknown name.
class AdapterScope {
 public:
  AdapterScope(Llava& model, const std::string& name, std::vector<RandomKey> dropout_keys = {});
  ~AdapterScope();
  AdapterScope(const AdapterScope&) = delete;
  AdapterScope& operator=(const AdapterScope&) = delete;

 private:
  struct Former;
  Llava& model_;
  std::unique_ptr<Former> former_;
};

}  // namespace plumbline::model
