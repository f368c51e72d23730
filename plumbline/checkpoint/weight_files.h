// Files of named arrays, whatever their format.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plumbline/base/files.h"
#include "plumbline/formats/safetensors.h"

namespace plumbline::checkpoint {

// One open file. Its arrays stay valid while it or a copy of it lives. Cheap to copy.
class WeightFile {
 public:
  // Opens a file by the end of its name: .safetensors, or .bin or none for PyTorch's. Throws
  // IoError when it cannot be read or its kind is unknown, DataError when it is damaged.
  static WeightFile open(const fs::path& path);

  // Arrays that are already in memory; `path` is for errors.
  static WeightFile held(std::string path, std::shared_ptr<const formats::Arrays> arrays);

  const std::string& path() const { return path_; }
  const formats::Arrays& arrays() const { return *arrays_; }

 private:
  std::string path_;
  std::shared_ptr<const formats::Arrays> arrays_;  // owns the file they lie in
};

// A model's files: model.safetensors or pytorch_model.bin, whole or as the shards of an
// .index.json, each shard holding what the index says it does. The first kind that is there. Throws
// IoError and DataError, and CheckpointError for an index that is wrong.
std::vector<WeightFile> open_weights(const fs::path& folder);

// The first of `stem`.safetensors and `stem`.bin that is in the folder, or none.
std::vector<WeightFile> open_if_present(const fs::path& folder, const std::string& stem);

}  // namespace plumbline::checkpoint
