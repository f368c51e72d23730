// How a config.json says that rotary angles are stretched. Torch-free.
#pragma once

#include <nlohmann/json.hpp>

#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// Sets rope_theta and rope_scaling from the fields of a language model, whose max_positions is
// already read: `rope_parameters` of transformers 5, or `rope_scaling` (kind under "rope_type" or
// "type") beside `rope_theta`. Throws CheckpointError naming kinds and options it does not know.
// Source: transformers 5.23, modeling_rope_utils.py.
void read_rope(const JsonFields& fields, config::LlamaConfig& config);

// What attention scores are multiplied by under YaRN unless the config says it: Peng et al. 2023
// (arXiv 2309.00071), eq. 22, with DeepSeek's weight of the logarithm.
double yarn_magnitude(double factor, double weight = 1);

// Adds rope_theta and, where angles are stretched, rope_scaling, which all versions read.
void write_rope(const config::LlamaConfig& config, nlohmann::json& text);

}  // namespace plumbline::checkpoint
