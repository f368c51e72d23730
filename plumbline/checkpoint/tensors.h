// Tensors in safetensors files.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

#include "plumbline/base/files.h"
#include "plumbline/formats/safetensors.h"
#include "plumbline/nn/parameters.h"

namespace plumbline::checkpoint {

// All tensors of a file, in memory of their own, on the CPU. Throws IoError or DataError.
std::map<std::string, at::Tensor> load_tensors(const std::string& path);

// Writes the tensors' values atomically; they may be on any device and of any strides. Floating
// point of 16 to 64 bits, integers and booleans; another type throws InternalError. Throws IoError
// and keeps an older file when the disk is full.
void save_tensors(const std::string& path, const std::map<std::string, at::Tensor>& tensors);

// Copies a file's values into tensors of the same names and shapes, converting between floating
// point types. Throws CheckpointError listing missing, unexpected and differently shaped tensors;
// then nothing was changed.
void restore(const nn::Parameters& into, const fs::path& file);

// The same from arrays in memory. `where` and `hint` are for the error.
void restore(const nn::Parameters& into, const formats::Arrays& from, const std::string& where,
             const std::string& hint);

}  // namespace plumbline::checkpoint
