// PEFT's adapter_config.json. Torch-free.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "plumbline/checkpoint/hf_config.h"
#include "plumbline/nn/adapter_spec.h"

namespace plumbline::checkpoint {

// Values of the layers whose names a pattern matches, in the file's order.
template <class Value>
using Patterns = std::vector<std::pair<std::string, Value>>;

// `spec` without what depends on the model's layers: its targets are the names of a list, or of the
// last parentheses of a pattern, and the tensors show which layers really have a part.
struct AdapterConfig {
  nn::AdapterSpec spec;
  Patterns<int64_t> ranks = {};
  Patterns<double> alphas = {};
};

// What an adapter_config.json says. Every option that would change the result and is not supported
// throws CheckpointError with its name; so does an unknown option that is set. Source: peft 0.21.2,
// tuners/lora/config.py.
AdapterConfig read_adapter_config(const std::string& file);

// Whether the pattern, a regular expression, is the whole of a module's path or an end of it from a
// dot on. Throws CheckpointError for a pattern that is no such expression. Source: peft 0.21.2,
// utils/other.py, get_pattern_key.
bool matches_end(const std::string& pattern, const std::string& module);

// Index of the first pattern that matches, or -1.
template <class Value>
int64_t first_match(const Patterns<Value>& patterns, const std::string& module) {
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (matches_end(patterns[i].first, module)) return static_cast<int64_t>(i);
  }
  return -1;
}

// The text of an adapter_config.json for a model of that layout. Where the model has a vision tower
// the targets are written as a pattern that leaves out the tower, whose layers have the same names.
std::string adapter_config_text(const nn::AdapterSpec& spec, const std::string& base,
                                Layout layout = Layout::Llava);

}  // namespace plumbline::checkpoint
