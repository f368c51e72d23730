// Hugging Face's config.json of a LLaVA. Torch-free.
#pragma once

#include <string>

#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// Reads model_type "llava" with a llama text_config and a clip_vision_model vision_config; fields
// left out have transformers' defaults. Throws IoError, or CheckpointError naming file and field
// for what Plumbline cannot compute (other activations, scaled rotary angles, biases, several
// feature layers) and for numbers that do not fit together. Source: transformers 5.23,
// configuration_llava.py, configuration_llama.py, configuration_clip.py; older spellings of 4.31
// to 4.57.
config::LlavaConfig read_hf_config(const std::string& file);

// The text of a config.json that transformers loads, for weights of type "float32", "bfloat16", ...
std::string hf_config_text(const config::LlavaConfig& config, const std::string& dtype);

}  // namespace plumbline::checkpoint
