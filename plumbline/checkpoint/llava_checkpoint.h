// A LLaVA as Hugging Face keeps it: a folder with config.json and safetensors weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "plumbline/model/llava.h"

namespace plumbline::checkpoint {

// Loads config.json and model.safetensors, or the shards of model.safetensors.index.json, in any
// spelling of the names that `classic_name` knows, converted to `dtype`. Throws IoError, DataError
// for a damaged file, and CheckpointError for weights that do not fit the config, listing them.
model::Llava load_llava(const std::string& folder, at::ScalarType dtype, at::Device device);

// Writes config.json and model.safetensors under the classic names, each atomically; adapters are
// left out. Throws IoError.
void save_llava(const std::string& folder, model::Llava& model);

// Copies what belongs to a model beside its weights, where present: tokenizer.json and its two
// configs, preprocessor_config.json, generation_config.json, chat_template.*. Throws IoError.
void copy_sidecars(const std::string& from, const std::string& to);

}  // namespace plumbline::checkpoint
