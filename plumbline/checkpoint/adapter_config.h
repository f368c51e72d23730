// PEFT's adapter_config.json. Torch-free.
#pragma once

#include <string>

#include "plumbline/nn/adapter_spec.h"

namespace plumbline::checkpoint {

// What an adapter_config.json says. `targets` are the names of a list, or of the last parentheses
// of a pattern; the tensors show which layers really have a part. Every option that would change
// the result and is not supported throws CheckpointError with its name; so does an unknown option
// that is set. Source: peft 0.21.2, tuners/lora/config.py.
nn::AdapterSpec read_adapter_config(const std::string& file);

// The text of an adapter_config.json. The targets are written as a pattern that leaves out the
// vision tower, whose layers have the same names.
std::string adapter_config_text(const nn::AdapterSpec& spec, const std::string& base);

}  // namespace plumbline::checkpoint
