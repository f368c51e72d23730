#include "plumbline/checkpoint/hf_config.h"

#include <fmt/format.h>

#include "plumbline/base/error.h"
#include "plumbline/checkpoint/json_fields.h"

namespace plumbline::checkpoint {
namespace {

using nlohmann::json;

// An id, or the first of a list of ids.
int64_t token(const JsonFields& fields, const std::string& name, int64_t fallback) {
  if (!fields.has(name)) return fallback;
  const json& value = fields.raw().at(name);
  if (value.is_array() && !value.empty() && value.front().is_number_integer()) {
    return value.front().get<int64_t>();
  }
  return fields.integer(name, fallback);
}

// Version 5 keeps the base of the rotary angles in an object of its own.
double rope_theta(const JsonFields& fields) {
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const JsonFields rope = fields.object(name);
    rope.require_text("rope_type", "default");
    rope.require_text("type", "default");
  }
  return fields.object("rope_parameters").number("rope_theta", fields.number("rope_theta", 10000));
}

config::LlamaConfig read_text(const JsonFields& fields) {
  fields.require_text("model_type", "llama");
  fields.require_text("hidden_act", "silu");
  fields.require_flag("attention_bias", false);
  fields.require_flag("mlp_bias", false);
  config::LlamaConfig c;
  c.vocab_size = fields.integer("vocab_size", 32000);
  c.hidden_size = fields.integer("hidden_size", 4096);
  c.intermediate_size = fields.integer("intermediate_size", 11008);
  c.num_layers = fields.integer("num_hidden_layers", 32);
  c.num_heads = fields.integer("num_attention_heads", 32);
  c.num_kv_heads = fields.integer("num_key_value_heads", c.num_heads);
  if (c.num_heads < 1) fields.fail("num_attention_heads", "at least 1");
  c.head_dim = fields.integer("head_dim", c.hidden_size / c.num_heads);
  c.rms_norm_eps = fields.number("rms_norm_eps", 1e-6);
  c.rope_theta = rope_theta(fields);
  c.max_positions = fields.integer("max_position_embeddings", 2048);
  c.tie_embeddings = fields.flag("tie_word_embeddings", false);
  c.begin_token = token(fields, "bos_token_id", 1);
  c.end_token = token(fields, "eos_token_id", 2);
  return c;
}

bool is_quick_gelu(const JsonFields& fields) {
  const std::string name = fields.text("hidden_act", "quick_gelu");
  if (name != "quick_gelu" && name != "gelu") fields.fail("hidden_act", "quick_gelu or gelu");
  return name == "quick_gelu";
}

// `is_absent` selects LLaVA's own default, CLIP-L/14 at 336 pixels, instead of CLIP's.
config::VisionConfig read_vision(const JsonFields& fields, bool is_absent) {
  fields.require_text("model_type", "clip_vision_model");
  if (fields.integer("num_channels", 3) != 3) fields.fail("num_channels", "3");
  config::VisionConfig c;
  c.image_size = fields.integer("image_size", is_absent ? 336 : 224);
  c.patch_size = fields.integer("patch_size", is_absent ? 14 : 32);
  c.hidden_size = fields.integer("hidden_size", is_absent ? 1024 : 768);
  c.intermediate_size = fields.integer("intermediate_size", is_absent ? 4096 : 3072);
  c.num_layers = fields.integer("num_hidden_layers", is_absent ? 24 : 12);
  c.num_heads = fields.integer("num_attention_heads", is_absent ? 16 : 12);
  c.layer_norm_eps = fields.number("layer_norm_eps", 1e-5);
  c.quick_gelu = is_quick_gelu(fields);
  return c;
}

void check_kind(const JsonFields& fields) {
  fields.require_text("model_type", "llava");
  if (!fields.has("text_config")) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "reading the model's config",
                           .expected = "Hugging Face's LLaVA layout, with a text_config",
                           .got = "none",
                           .where = fields.where(),
                           .hint = "convert the original LLaVA layout with transformers first."});
  }
  fields.require_text("projector_hidden_act", "gelu");
  fields.require_flag("multimodal_projector_bias", true);
  fields.require_text("vision_feature_select_strategy", "default");
  if (fields.has("quantization_config")) fields.fail("quantization_config", "full weights");
}

json text_json(const config::LlamaConfig& c, const std::string& dtype) {
  return {{"model_type", "llama"},
          {"architectures", {"LlamaForCausalLM"}},
          {"vocab_size", c.vocab_size},
          {"hidden_size", c.hidden_size},
          {"intermediate_size", c.intermediate_size},
          {"num_hidden_layers", c.num_layers},
          {"num_attention_heads", c.num_heads},
          {"num_key_value_heads", c.num_kv_heads},
          {"head_dim", c.head_dim},
          {"hidden_act", "silu"},
          {"rms_norm_eps", c.rms_norm_eps},
          {"rope_theta", c.rope_theta},
          {"max_position_embeddings", c.max_positions},
          {"tie_word_embeddings", c.tie_embeddings},
          {"attention_bias", false},
          {"mlp_bias", false},
          {"bos_token_id", c.begin_token},
          {"eos_token_id", c.end_token},
          {"torch_dtype", dtype}};
}

json vision_json(const config::VisionConfig& c, const std::string& dtype) {
  return {{"model_type", "clip_vision_model"},
          {"image_size", c.image_size},
          {"patch_size", c.patch_size},
          {"num_channels", 3},
          {"hidden_size", c.hidden_size},
          {"intermediate_size", c.intermediate_size},
          {"num_hidden_layers", c.num_layers},
          {"num_attention_heads", c.num_heads},
          {"layer_norm_eps", c.layer_norm_eps},
          {"hidden_act", c.quick_gelu ? "quick_gelu" : "gelu"},
          {"torch_dtype", dtype}};
}

}  // namespace

config::LlavaConfig read_hf_config(const std::string& file) {
  const JsonFields fields = JsonFields::read(file);
  check_kind(fields);
  config::LlavaConfig c;
  c.text = read_text(fields.object("text_config"));
  c.vision = read_vision(fields.object("vision_config"), !fields.has("vision_config"));
  // Versions differ in where they keep this; whichever says so ties.
  c.text.tie_embeddings |= fields.flag("tie_word_embeddings", false);
  c.image_token = fields.integer("image_token_index", fields.integer("image_token_id", 32000));
  c.select_layer = fields.integer("vision_feature_layer", -2);
  if (const std::string problem = config::problem(c); !problem.empty()) {
    throw CheckpointError({.component = "checkpoint",
                           .doing = "reading the model's config",
                           .got = problem,
                           .where = file});
  }
  return c;
}

std::string hf_config_text(const config::LlavaConfig& c, const std::string& dtype) {
  const json text = {{"model_type", "llava"},
                     {"architectures", {"LlavaForConditionalGeneration"}},
                     {"text_config", text_json(c.text, dtype)},
                     {"vision_config", vision_json(c.vision, dtype)},
                     {"projector_hidden_act", "gelu"},
                     {"multimodal_projector_bias", true},
                     {"vision_feature_layer", c.select_layer},
                     {"vision_feature_select_strategy", "default"},
                     {"image_token_index", c.image_token},
                     {"image_seq_length", c.vision.num_patches()},
                     {"tie_word_embeddings", c.text.tie_embeddings},
                     {"bos_token_id", c.text.begin_token},
                     {"eos_token_id", c.text.end_token},
                     {"torch_dtype", dtype}};
  return text.dump(2) + "\n";
}

}  // namespace plumbline::checkpoint
