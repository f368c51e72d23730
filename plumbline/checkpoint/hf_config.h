// The config.json of a model. Torch-free.
#pragma once

#include <string>

#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// How a folder spells a model's config and weights.
//   Llava     Hugging Face's LlavaForConditionalGeneration, with the classic names of its weights
//   Text      a language model alone, as LlamaForCausalLM and its kin keep it
//   Original  the original LLaVA, with its tower in a folder of its own
enum class Layout { Llava, Text, Original };

// The layout in which a model of this config is written.
Layout layout_of(const config::LlavaConfig& config);

// Reads model_type llava, with a text_config of llama, mistral or qwen2 and a vision_config of
// clip_vision_model or siglip_vision_model; llava_llama and llava without a text_config, which is
// the original layout; and llama, mistral, qwen2 alone. Fields left out have transformers'
// defaults. Throws IoError, or CheckpointError naming file and field for what Plumbline cannot
// compute (other models, activations and kinds of rotary scaling, several feature layers, quantised
// weights) and for numbers that do not fit together. Source: transformers 5.23,
// configuration_llava.py; older spellings of 4.31 to 4.57.
config::LlavaConfig read_hf_config(const std::string& file);

// The text of a config.json in the model's layout, for weights of type "float32", "bfloat16", ...
std::string hf_config_text(const config::LlavaConfig& config, const std::string& dtype);

}  // namespace plumbline::checkpoint
