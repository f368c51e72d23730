// A LLaVA, or a language model alone, as others keep it: a folder with config.json and weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "plumbline/model/llava.h"

namespace plumbline::checkpoint {

// Loads a GGUF file (in bfloat16 on the CPU its quantised layers stay packed), or of a folder
// config.json (read_hf_config) and the weights (open_weights) in any spelling of the names that
// `classic_name` knows, converted to `dtype`. In the original layout the projector may lie in
// mm_projector.safetensors or .bin, and the tower in the folder that `tower_folder` finds. Throws
// IoError, DataError for a damaged file, and CheckpointError for weights that do not fit the
// config, listing them.
model::Llava load_llava(const std::string& path, at::ScalarType dtype, at::Device device);

// Writes config.json and model.safetensors in the model's layout (layout_of), each atomically;
// adapters are left out. Unpacks the model first. Throws IoError.
void save_llava(const std::string& folder, model::Llava& model);

// Copies what belongs to a model beside its weights, where present: tokenizer.json or .model and
// their configs, preprocessor_config.json, processor_config.json, generation_config.json,
// chat_template.*. Throws IoError.
void copy_sidecars(const std::string& from, const std::string& to);

}  // namespace plumbline::checkpoint
