// The files of a model, and what is in them. Torch-free.
#pragma once

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

// The files of a model's folder: open_weights; in the original layout also the projector's
// mm_projector.safetensors or .bin and the folder of the tower, where the weights lack them. Throws
// IoError, DataError or CheckpointError.
std::vector<Source> open_sources(const fs::path& folder, const config::LlavaConfig& config);

}  // namespace plumbline::checkpoint
