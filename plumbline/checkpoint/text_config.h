// The fields of a language model in a config.json. Torch-free.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// The model_type of each language model that Plumbline computes: llama, mistral, qwen2.
std::vector<std::string> language_model_types();
bool is_language_model(const std::string& model_type);

// Reads such fields, whether they are a whole config.json or a text_config; those left out have
// transformers' defaults for the model_type. Throws CheckpointError naming the field that Plumbline
// cannot compute. Source: transformers 5.23, configuration_llama.py, configuration_mistral.py,
// configuration_qwen2.py.
config::LlamaConfig read_text_config(const JsonFields& fields, const std::string& model_type);

// The same fields, for weights of type "float32", "bfloat16", ...
nlohmann::json text_config_json(const config::LlamaConfig& config, const std::string& dtype);

}  // namespace plumbline::checkpoint
