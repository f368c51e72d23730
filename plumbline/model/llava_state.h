// What a Llava holds. Internal to model.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plumbline/model/decoder.h"
#include "plumbline/model/llava.h"
#include "plumbline/model/vision_tower.h"

namespace plumbline::model {

struct Projector {
  Affine linear1, linear2;  // biases may be undefined; the linear kind has only the first
};

// All weights of the base. A language model alone leaves tower and projector empty.
struct Base {
  VisionTower tower;
  Projector projector;
  Decoder decoder;
};

// How a weight of an untrained model starts. A fixed deviation, such as the 0.02 of large models,
// leaves the layers of a narrow one nearly silent; so linear layers keep the variance of their
// input.
enum class FirstValue {
  Linear,     // normal, 1 / sqrt(fan-in)
  Output,     // half of that: what a block adds to the residual stream
  Embedding,  // normal, 0.3: rows of a table
  Head,       // normal, 0.02: the first predictions are near uniform
  One,
  Zero
};

// One weight of the base: where it lies, how it is called and how it starts.
struct WeightSlot {
  std::string name;
  at::Tensor* tensor;
  std::vector<int64_t> shape;
  FirstValue first;
  nn::PackedWeight* packed =
      nullptr;  // what may stand in the tensor's place or, of a head, beside it
};

// Every weight of `base`, whose blocks are created where they are missing.
std::vector<WeightSlot> weight_slots(Base& base, const config::LlavaConfig& config);

inline constexpr const char* kEmbeddingName = "language_model.model.embed_tokens.weight";
inline constexpr const char* kHeadName = "language_model.lm_head.weight";

// A scalar read off the hidden rows.
struct ScalarHead {
  at::Tensor weight;  // [1, D] fp32
  at::Tensor bias;    // [1] fp32
};

// Base weights that an adapter replaces by its own, fp32, by their names in the base.
using SavedWeights = std::map<std::string, at::Tensor>;

struct Llava::State {
  config::LlavaConfig config;
  at::ScalarType dtype;
  at::Device device;
  Base base = {};
  std::map<std::string, nn::AdapterSpec> adapters = {};
  std::map<std::string, SavedWeights> saved = {};  // by adapter name
  std::map<std::string, ScalarHead> heads = {};    // by adapter name, "" for the base

  nn::AdapterSelection& selection() { return base.decoder.selection; }
  // `weight` of the base, which has that name, or the adapter's own in its place.
  at::Tensor selected(const std::string& name, const at::Tensor& weight);
  // Whether the adapter in use has its own weight of that name.
  bool saves(const std::string& name);
  // Throws DataError when the model takes no images.
  void require_tower() const;
  // Throws ConfigError when there is no adapter of that name.
  void require_adapter(const std::string& name) const;
};

}  // namespace plumbline::model
