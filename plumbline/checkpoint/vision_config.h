// The fields of a vision tower in a config.json. Torch-free.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "plumbline/checkpoint/json_fields.h"
#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// Reads the fields of a clip_vision_model or siglip_vision_model; those left out have transformers'
// defaults. Throws CheckpointError naming the field that Plumbline cannot compute. Source:
// transformers 5.23, configuration_clip.py, configuration_siglip.py.
config::VisionConfig read_vision_config(const JsonFields& fields);

// The tower of a config.json of its own: such a model, or the vision half of a whole clip or
// siglip.
config::VisionConfig read_tower_config(const JsonFields& fields);

// CLIP-L/14 at 336 pixels, which LLaVA assumes where a config.json describes no tower.
config::VisionConfig usual_tower();

// A tower that is known by the last part of a published name, such as
// "openai/clip-vit-large-patch14"; null for others.
const config::VisionConfig* published_tower(const std::string& name);

// The fields, for weights of type "float32", "bfloat16", ...
nlohmann::json vision_config_json(const config::VisionConfig& config, const std::string& dtype);

}  // namespace plumbline::checkpoint
