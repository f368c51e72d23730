// One spelling for the many names of a model's weights. Torch-free.
#pragma once

#include <string>

#include "plumbline/config/llava_config.h"

namespace plumbline::checkpoint {

// The classic Hugging Face name (language_model.model.layers.0..., vision_tower.vision_model...,
// multi_modal_projector.linear_1...) of a weight in any known layout: classic, in memory since
// transformers 4.52, the original LLaVA, a language model alone, and towers without
// "vision_model.". A name of no layout comes back as it is. Works on the names of modules too, so
// adapters go through it.
std::string classic_name(const std::string& name);

// The classic name of a weight in the file of a tower alone, where names may begin with
// "vision_model." or behind it. Empty for the other half of a whole CLIP or SigLIP.
std::string classic_tower_name(const std::string& name);

// The name that a classic name, of a weight or of a module, is written under in the config's layout
// (layout_of). The tower of the original layout has the names of a tower alone.
std::string written_name(const std::string& classic_name, const config::LlavaConfig& config);

// True for a classic name whose values the model has no use for: rotary tables and position ids,
// which are computed; the tower's blocks, norm and pooling behind the layer that is read; and, when
// tied, the language model's head.
bool is_unused(const std::string& classic_name, const config::LlavaConfig& config);

}  // namespace plumbline::checkpoint
