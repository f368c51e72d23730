// The files of a model, and what is in them. Torch-free.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plumbline/checkpoint/weight_files.h"
#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// The config of a model folder or a GGUF file. Throws IoError, DataError or CheckpointError.
config::LlavaConfig read_config(const std::string& path);

// A file, and the classic names of its arrays: empty for what belongs to no model.
struct Source {
  WeightFile file;
  std::string (*classic)(const std::string&);
};

// The model's files: open_weights of the folder; in the original layout also the projector's
// mm_projector.safetensors or .bin and the folder of the tower, where the weights lack them; of a
// GGUF file its tensors, dequantised (read_gguf_weights). Throws IoError, DataError or
// CheckpointError.
std::vector<Source> open_sources(const std::string& path, const config::LlavaConfig& config,
                                 bool gguf_as_bfloat16);

}  // namespace plumbline::checkpoint
