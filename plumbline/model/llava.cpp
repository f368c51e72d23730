#include "plumbline/model/llava.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <cmath>

#include "plumbline/base/error.h"
#include "plumbline/model/initial_values.h"
#include "plumbline/model/llava_state.h"
#include "plumbline/nn/few_rows.h"

namespace plumbline::model {
namespace {

using Shape = std::vector<int64_t>;

constexpr double kEmbeddingDeviation = 0.3, kHeadDeviation = 0.02;

at::Tensor first_values(const WeightSlot& slot, RandomKey init) {
  const auto normal = [&](double deviation) {
    return normal_values(slot.shape, deviation, init.at(slot.name));
  };
  int64_t fan_in = 1;
  for (size_t i = 1; i < slot.shape.size(); ++i) fan_in *= slot.shape[i];
  const double keeps_variance = 1 / std::sqrt(static_cast<double>(fan_in));
  switch (slot.first) {
    case FirstValue::Linear:
      return normal(keeps_variance);
    case FirstValue::Output:
      return normal(keeps_variance / 2);
    case FirstValue::Embedding:
      return normal(kEmbeddingDeviation);
    case FirstValue::Head:
      return normal(kHeadDeviation);
    case FirstValue::One:
      return at::ones(slot.shape);
    case FirstValue::Zero:
      return at::zeros(slot.shape);
  }
  throw InternalError("unknown FirstValue");
}

}  // namespace

void Llava::State::require_tower() const {
  if (config.takes_images()) return;
  throw DataError(Complaint{.component = "model",
                            .doing = "looking at an image",
                            .expected = "a model with a vision tower",
                            .got = "a language model alone"});
}

Llava::Llava(std::unique_ptr<State> state) : state_(std::move(state)) {}
Llava::Llava(Llava&&) noexcept = default;
Llava& Llava::operator=(Llava&&) noexcept = default;
Llava::~Llava() = default;

Llava Llava::create(const config::LlavaConfig& config, std::optional<RandomKey> init,
                    at::ScalarType dtype, at::Device device) {
  if (const std::string found = config::problem(config); !found.empty()) {
    throw ConfigError(Complaint{.component = "model", .doing = "creating a model: " + found});
  }
  auto state = std::make_unique<State>(State{.config = config, .dtype = dtype, .device = device});
  for (WeightSlot& slot : weight_slots(state->base, config)) {
    const auto options = at::device(device).dtype(dtype);
    *slot.tensor = init ? first_values(slot, *init).to(options) : at::empty(slot.shape, options);
  }
  state->base.decoder.rotary = nn::RotaryAngles(config.text, device);
  return Llava(std::move(state));
}

const config::LlavaConfig& Llava::config() const { return state_->config; }
at::ScalarType Llava::dtype() const { return state_->dtype; }
at::Device Llava::device() const { return state_->device; }

nn::Parameters Llava::parameters() {
  nn::Parameters parameters;
  for (WeightSlot& slot : weight_slots(state_->base, state_->config)) {
    if (slot.tensor->defined()) parameters.emplace(slot.name, *slot.tensor);
  }
  return parameters;
}

int64_t Llava::base_bytes() {
  int64_t bytes = nn::num_bytes(parameters());
  for (WeightSlot& slot : weight_slots(state_->base, state_->config)) {
    if (!slot.packed || !slot.packed->is_defined()) continue;
    bytes += slot.packed->nbytes();
  }
  return bytes;
}

bool Llava::pack(const std::string& name, const nn::PackedWeight& packed) {
  for (WeightSlot& slot : weight_slots(state_->base, state_->config)) {
    if (slot.name != name) continue;
    if (!slot.packed || slot.shape != Shape{packed.num_out(), packed.num_in()}) return false;
    *slot.packed = packed;
    if (slot.packed != &state_->base.decoder.packed_head) *slot.tensor = at::Tensor();
    return true;
  }
  return false;
}

void Llava::unpack() {
  for (WeightSlot& slot : weight_slots(state_->base, state_->config)) {
    if (!slot.packed || !slot.packed->is_defined()) continue;
    if (!slot.tensor->defined()) *slot.tensor = nn::unpacked(*slot.packed, state_->dtype);
    *slot.packed = {};
  }
}

at::Tensor Llava::encode_images(const at::Tensor& pixels) {
  state_->require_tower();
  const config::LlavaConfig& config = state_->config;
  const at::Tensor states =
      tower_states(state_->base.tower, config.vision, config::num_tower_blocks(config), pixels);
  return config.skip_first_row ? states.narrow(1, 1, states.size(1) - 1) : states;
}

at::Tensor Llava::project(const at::Tensor& features) {
  state_->require_tower();
  const auto own = [&](const std::string& name, const at::Tensor& weight) {
    if (!weight.defined()) return weight;  // a bias that is not there
    return state_->selected("multi_modal_projector." + name, weight).to(state_->dtype);
  };
  const auto apply = [&](const std::string& name, const Affine& layer, const at::Tensor& x) {
    return at::linear(x, own(name + ".weight", layer.weight), own(name + ".bias", layer.bias));
  };
  const Projector& projector = state_->base.projector;
  const at::Tensor first = apply("linear_1", projector.linear1, features.to(state_->dtype));
  if (state_->config.projector == config::ProjectorKind::Linear) return first;
  return apply("linear_2", projector.linear2, at::gelu(first));
}

at::Tensor Llava::embed(const at::Tensor& ids, const at::Tensor& image_rows) {
  const at::Tensor is_image = ids == state_->config.image_token;
  const at::Tensor places = is_image.nonzero().squeeze(1);
  const int64_t num_rows = image_rows.defined() ? image_rows.size(0) : 0;
  if (places.size(0) != num_rows) {
    throw DataError(Complaint{
        .component = "model",
        .doing = "placing image rows among the tokens",
        .expected = fmt::format("as many image placeholders as image rows, {}", num_rows),
        .got = fmt::format("{} placeholders", places.size(0)),
        .hint = "each picture needs as many placeholders as the vision tower has patches."});
  }
  // The placeholder's own embedding is replaced below and gets no gradient.
  const at::Tensor table = state_->selected(kEmbeddingName, state_->base.decoder.embedding);
  const at::Tensor rows = at::embedding(table, ids.masked_fill(is_image, 0)).to(state_->dtype);
  if (num_rows == 0) return rows;
  return rows.index_copy(0, places, image_rows.to(rows.scalar_type()));
}

at::Tensor Llava::forward(const at::Tensor& rows, const tensor::Spans& spans,
                          const tensor::Prefixes& prefixes) {
  return decoder_forward(state_->base.decoder, state_->config.text, rows, spans, prefixes);
}

std::vector<at::Tensor> Llava::states(const at::Tensor& rows, const tensor::Spans& spans) {
  std::vector<at::Tensor> states = {rows};
  decoder_forward(state_->base.decoder, state_->config.text, rows, spans, {},
                  [&](const at::Tensor& x) { states.push_back(x); });
  return states;
}

at::Tensor Llava::forward(const at::Tensor& rows, const tensor::Spans& spans, nn::KvCache& cache,
                          const std::vector<int64_t>& slots) {
  return decoder_forward(state_->base.decoder, state_->config.text, rows, spans, cache, slots);
}

void Llava::set_activation_checkpointing(bool is_on) {
  state_->base.decoder.recomputes_blocks = is_on;
}

nn::KvCache Llava::make_cache(int64_t num_slots, int64_t capacity) const {
  const config::LlamaConfig& text = state_->config.text;
  return {text.num_layers, text.num_kv_heads, text.head_dim, num_slots,
          capacity,        state_->dtype,     state_->device};
}

at::Tensor Llava::head_weight() {
  const Decoder& decoder = state_->base.decoder;
  if (!decoder.head.defined()) return decoder.embedding;
  return state_->selected(kHeadName, decoder.head).to(state_->dtype);
}

at::Tensor Llava::logits(const at::Tensor& hidden) {
  const nn::PackedWeight& packed = state_->base.decoder.packed_head;
  if (packed.is_defined() && !state_->saves(kHeadName)) {
    return nn::products(hidden, {{.packed = packed}})[0];
  }
  return nn::products(hidden, {{.weight = head_weight()}})[0];
}

}  // namespace plumbline::model
