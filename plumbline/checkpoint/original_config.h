// The config.json of the original LLaVA: a language model's fields with those of images among them.
// Torch-free.
#pragma once

#include <string>

#include "plumbline/base/files.h"
#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// Whether a config.json has the original layout: model_type llava_llama, or llava without a
// text_config.
bool is_original(const JsonFields& fields);

// Where the weights of the tower lie that `mm_vision_tower` names: that very folder, one of its
// last name in the model's folder, or one of its last name beside that. Empty when there is none:
// the weights may also be among the model's own.
fs::path tower_folder(const JsonFields& fields, const fs::path& model_folder);

// Reads such fields; the tower's shape comes from its folder, or is known by its name. image_token
// becomes kSplicedImageToken. Throws CheckpointError naming the field that Plumbline cannot
// compute. Source: https://github.com/haotian-liu/LLaVA, llava/model/llava_arch.py.
config::LlavaConfig read_original_config(const JsonFields& fields, const fs::path& model_folder);

// The texts of two files: the model's config.json, which names a tower in the folder "vision_tower"
// within, and that tower's.
std::string original_config_text(const config::LlavaConfig& config, const std::string& dtype);
std::string original_tower_text(const config::LlavaConfig& config, const std::string& dtype);
constexpr const char* kTowerFolder = "vision_tower";

}  // namespace plumbline::checkpoint
