// Adapters as PEFT keeps them, plus a scalar head.
#pragma once

#include <string>

#include "plumbline/model/llava.h"

namespace plumbline::checkpoint {

// Writes a folder with adapter_config.json, adapter_model.safetensors (PEFT's names, in the model's
// layout, without the adapter's own) and, when the adapter has a head, reward_head.safetensors
// ("weight" [1, D], "bias" [1]). Replaces an older folder whole, or leaves it as it was. `base` is
// the path of the base model for adapter_config.json. Throws IoError, and ConfigError for an
// unknown adapter.
void save_adapter(const std::string& folder, model::Llava& model, const std::string& name,
                  const std::string& base);

// Adds adapter `name` and its head from such a folder (adapter_model.safetensors or .bin), or from
// LLaVA-RLHF's: with the adapter in adapter_model, lora_default or one in the other, and a pickled
// `reward_head` there or above. Names
// may be those of any layout and may hold an adapter's name (".lora_A.default.weight"). Throws
// IoError, DataError for a damaged file, CheckpointError for options Plumbline does not know and
// for tensors that do not fit, and ConfigError when the name is taken; the model is then as before.
void load_adapter(const std::string& folder, model::Llava& model, const std::string& name);

// The scalar head of a whole model that judges, reward_head.safetensors in the model's folder.
// `name` is the head's, "" for the model's own. Throw IoError; load_head also CheckpointError when
// there is none, or of another width than the model.
void save_head(const std::string& folder, model::Llava& model, const std::string& name);
void load_head(const std::string& folder, model::Llava& model, const std::string& name);

}  // namespace plumbline::checkpoint
