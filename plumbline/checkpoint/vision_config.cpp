#include "plumbline/checkpoint/vision_config.h"

#include <map>
#include <utility>

namespace plumbline::checkpoint {
namespace {

using config::Activation;
using config::TowerKind;
using nlohmann::json;

constexpr const char* kClip = "clip_vision_model";
constexpr const char* kSiglip = "siglip_vision_model";

constexpr std::pair<const char*, Activation> kActivations[] = {
    {"quick_gelu", Activation::QuickGelu},
    {"gelu", Activation::Gelu},
    {"gelu_pytorch_tanh", Activation::TanhGelu}};

Activation read_activation(const JsonFields& fields, const char* fallback) {
  const std::string name = fields.text("hidden_act", fallback);
  for (const auto& [known, activation] : kActivations) {
    if (name == known) return activation;
  }
  fields.fail("hidden_act", "quick_gelu, gelu or gelu_pytorch_tanh");
}

}  // namespace

config::VisionConfig read_vision_config(const JsonFields& fields) {
  const std::string model_type = fields.text("model_type", kClip);
  if (model_type != kClip && model_type != kSiglip) {
    fields.fail("model_type", "clip_vision_model or siglip_vision_model");
  }
  if (fields.integer("num_channels", 3) != 3) fields.fail("num_channels", "3");
  const bool is_clip = model_type == kClip;
  config::VisionConfig c;
  c.kind = is_clip ? TowerKind::Clip : TowerKind::Siglip;
  c.image_size = fields.integer("image_size", 224);
  c.patch_size = fields.integer("patch_size", is_clip ? 32 : 16);
  c.hidden_size = fields.integer("hidden_size", 768);
  c.intermediate_size = fields.integer("intermediate_size", 3072);
  c.num_layers = fields.integer("num_hidden_layers", 12);
  c.num_heads = fields.integer("num_attention_heads", 12);
  c.layer_norm_eps = fields.number("layer_norm_eps", is_clip ? 1e-5 : 1e-6);
  c.activation = read_activation(fields, is_clip ? "quick_gelu" : "gelu_pytorch_tanh");
  return c;
}

config::VisionConfig read_tower_config(const JsonFields& fields) {
  const std::string model_type = fields.text("model_type", kClip);
  if (model_type != "clip" && model_type != "siglip") return read_vision_config(fields);
  json half = fields.object("vision_config").raw();
  if (half.value("model_type", json()).is_null()) half["model_type"] = model_type + "_vision_model";
  return read_vision_config({half, fields.where(), "vision_config."});
}

config::VisionConfig usual_tower() { return *published_tower("clip-vit-large-patch14-336"); }

const config::VisionConfig* published_tower(const std::string& name) {
  const config::VisionConfig large{.image_size = 224,
                                   .patch_size = 14,
                                   .hidden_size = 1024,
                                   .intermediate_size = 4096,
                                   .num_layers = 24,
                                   .num_heads = 16};
  config::VisionConfig larger_picture = large;
  larger_picture.image_size = 336;
  static const std::map<std::string, config::VisionConfig> towers = {
      {"clip-vit-large-patch14", large},
      {"clip-vit-large-patch14-336", larger_picture},
      {"siglip-so400m-patch14-384",
       {.kind = TowerKind::Siglip,
        .image_size = 384,
        .patch_size = 14,
        .hidden_size = 1152,
        .intermediate_size = 4304,
        .num_layers = 27,
        .num_heads = 16,
        .layer_norm_eps = 1e-6,
        .activation = Activation::TanhGelu}}};
  const auto found = towers.find(name.substr(name.find_last_of('/') + 1));
  return found == towers.end() ? nullptr : &found->second;
}

json vision_config_json(const config::VisionConfig& c, const std::string& dtype) {
  json text = {{"model_type", c.kind == TowerKind::Clip ? kClip : kSiglip},
               {"image_size", c.image_size},
               {"patch_size", c.patch_size},
               {"num_channels", 3},
               {"hidden_size", c.hidden_size},
               {"intermediate_size", c.intermediate_size},
               {"num_hidden_layers", c.num_layers},
               {"num_attention_heads", c.num_heads},
               {"layer_norm_eps", c.layer_norm_eps},
               {"torch_dtype", dtype}};
  for (const auto& [name, activation] : kActivations) {
    if (activation == c.activation) text["hidden_act"] = name;
  }
  // Its pooling is not read, so it is not written either.
  if (c.kind == TowerKind::Siglip) text["vision_use_head"] = false;
  return text;
}

}  // namespace plumbline::checkpoint
