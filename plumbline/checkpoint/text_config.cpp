#include "plumbline/checkpoint/text_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plumbline/checkpoint/rope_config.h"

namespace plumbline::checkpoint {
namespace {

using config::TextFamily;
using nlohmann::json;

// What transformers assumes of a family, where families differ.
struct Family {
  const char* model_type;
  const char* architecture;
  TextFamily family;
  int64_t vocab_size, intermediate_size, num_kv_heads, max_positions;  // kv 0: as many as heads
  int64_t begin_token, end_token;                                      // -1: none
};

constexpr Family kFamilies[] = {
    {"llama", "LlamaForCausalLM", TextFamily::Llama, 32000, 11008, 0, 2048, 1, 2},
    {"mistral", "MistralForCausalLM", TextFamily::Mistral, 32000, 14336, 8, 131072, 1, 2},
    {"qwen2", "Qwen2ForCausalLM", TextFamily::Qwen2, 151936, 22016, 32, 32768, -1, -1}};

const Family& family_of(const JsonFields& fields, const std::string& model_type) {
  for (const Family& family : kFamilies) {
    if (model_type == family.model_type) return family;
  }
  fields.fail("model_type", fmt::format("one of {}", fmt::join(language_model_types(), ", ")));
}

const Family& family_of(TextFamily wanted) {
  for (const Family& family : kFamilies) {
    if (family.family == wanted) return family;
  }
  return kFamilies[0];
}

// An id, or the first of a list of ids; null is none.
int64_t token(const JsonFields& fields, const std::string& name, int64_t fallback) {
  if (fields.is_null(name)) return -1;
  if (!fields.has(name)) return fallback;
  const json& value = fields.raw().at(name);
  if (value.is_array() && !value.empty() && value.front().is_number_integer()) {
    return value.front().get<int64_t>();
  }
  return fields.integer(name, fallback);
}

void read_biases(const JsonFields& fields, config::LlamaConfig& c) {
  switch (c.family) {
    case TextFamily::Llama:
      c.qkv_bias = c.o_bias = fields.flag("attention_bias", false);
      c.mlp_bias = fields.flag("mlp_bias", false);
      return;
    case TextFamily::Mistral:
      break;
    case TextFamily::Qwen2:
      c.qkv_bias = true;
      break;
  }
  // These leave no choice; a file that says otherwise is of an unknown kind.
  fields.require_flag("attention_bias", c.qkv_bias);
  fields.require_flag("mlp_bias", false);
}

// Qwen2 may name the kind of attention layer by layer.
void check_layer_types(const JsonFields& fields) {
  if (!fields.has("layer_types")) return;
  const json& types = fields.raw().at("layer_types");
  const bool is_full =
      types.is_array() &&
      std::all_of(types.begin(), types.end(), [](const json& t) { return t == "full_attention"; });
  if (!is_full) fields.fail("layer_types", "full_attention in every layer");
}

// Mistral's window covers every layer.
int64_t read_mistral_window(const JsonFields& fields, const config::LlamaConfig& c) {
  if (fields.is_null("sliding_window")) return 0;
  const int64_t window = fields.integer("sliding_window", 4096);
  if (window < 1) fields.fail("sliding_window", "null or at least 1");
  // No sequence is long enough to notice it.
  return window >= config::longest_sequence(c) ? 0 : window;
}

int64_t read_window(const JsonFields& fields, const config::LlamaConfig& c) {
  switch (c.family) {
    case TextFamily::Llama:
      break;
    case TextFamily::Mistral:
      return read_mistral_window(fields, c);
    case TextFamily::Qwen2:  // its window may leave out the first layers, which ours does not
      fields.require_flag("use_sliding_window", false);
      check_layer_types(fields);
      break;
  }
  return 0;
}

}  // namespace

std::vector<std::string> language_model_types() {
  std::vector<std::string> types;
  for (const Family& family : kFamilies) types.emplace_back(family.model_type);
  return types;
}

bool is_language_model(const std::string& model_type) {
  const std::vector<std::string> types = language_model_types();
  return std::find(types.begin(), types.end(), model_type) != types.end();
}

config::LlamaConfig read_text_config(const JsonFields& fields, const std::string& model_type) {
  const Family& family = family_of(fields, model_type);
  fields.require_text("hidden_act", "silu");
  if (fields.has("quantization_config")) fields.fail("quantization_config", "full weights");
  config::LlamaConfig c;
  c.family = family.family;
  c.vocab_size = fields.integer("vocab_size", family.vocab_size);
  c.hidden_size = fields.integer("hidden_size", 4096);
  c.intermediate_size = fields.integer("intermediate_size", family.intermediate_size);
  c.num_layers = fields.integer("num_hidden_layers", 32);
  c.num_heads = fields.integer("num_attention_heads", 32);
  if (c.num_heads < 1) fields.fail("num_attention_heads", "at least 1");
  // Null is as many as heads in every family.
  const bool has_kv_of_its_own = family.num_kv_heads > 0 && !fields.is_null("num_key_value_heads");
  c.num_kv_heads =
      fields.integer("num_key_value_heads", has_kv_of_its_own ? family.num_kv_heads : c.num_heads);
  c.head_dim = fields.integer("head_dim", c.hidden_size / c.num_heads);
  c.rms_norm_eps = fields.number("rms_norm_eps", 1e-6);
  c.max_positions = fields.integer("max_position_embeddings", family.max_positions);
  read_rope(fields, c);
  read_biases(fields, c);
  c.sliding_window = read_window(fields, c);
  c.tie_embeddings = fields.flag("tie_word_embeddings", false);
  c.begin_token = token(fields, "bos_token_id", family.begin_token);
  c.end_token = token(fields, "eos_token_id", family.end_token);
  return c;
}

json text_config_json(const config::LlamaConfig& c, const std::string& dtype) {
  const Family& family = family_of(c.family);
  json text = {{"model_type", family.model_type},
               {"architectures", {family.architecture}},
               {"vocab_size", c.vocab_size},
               {"hidden_size", c.hidden_size},
               {"intermediate_size", c.intermediate_size},
               {"num_hidden_layers", c.num_layers},
               {"num_attention_heads", c.num_heads},
               {"num_key_value_heads", c.num_kv_heads},
               {"head_dim", c.head_dim},
               {"hidden_act", "silu"},
               {"rms_norm_eps", c.rms_norm_eps},
               {"max_position_embeddings", c.max_positions},
               {"tie_word_embeddings", c.tie_embeddings},
               {"bos_token_id", c.begin_token},
               {"eos_token_id", c.end_token},
               {"torch_dtype", dtype}};
  if (c.begin_token < 0) text["bos_token_id"] = nullptr;
  write_rope(c, text);
  switch (c.family) {
    case TextFamily::Llama:
      text["attention_bias"] = c.qkv_bias;
      text["mlp_bias"] = c.mlp_bias;
      break;
    case TextFamily::Mistral:
      text["sliding_window"] = c.sliding_window > 0 ? json(c.sliding_window) : json();
      break;
    case TextFamily::Qwen2:
      text["use_sliding_window"] = false;
      break;
  }
  return text;
}

}  // namespace plumbline::checkpoint
