// Names of adapters' tensors: peft has layers as transformers holds them in memory, Plumbline under
// the classic names of files.
#pragma once

#include <string>

namespace plumbline {

inline std::string classic(const std::string& name) {
  const std::string memory = "base_model.model.model.language_model.";
  if (!name.starts_with(memory)) return name;
  return "base_model.model.language_model.model." + name.substr(memory.size());
}

}  // namespace plumbline
