// What a frozen tower sees in images, kept on disk for later runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <string_view>

#include "plumbline/base/files.h"
#include "plumbline/image/preprocess.h"
#include "plumbline/model/llava.h"

namespace plumbline::engine {

// One safetensors file per image. Its name is a hash of the picture's bytes, of how it is prepared,
// and of the tower: its weights, layer and dtype. So a changed picture, setting or tower finds
// nothing, and equal pictures share a file.
class FeatureCache {
 public:
  // `folder` is created when something is saved.
  FeatureCache(fs::path folder, model::Llava& model, const image::Preprocess& preprocess);

  // 32 hexadecimal digits.
  std::string key_of(std::string_view image_bytes) const;
  // [I, Dv], or nothing. A file that is damaged counts as nothing, with a warning.
  std::optional<at::Tensor> load(const std::string& key) const;
  // Throws IoError.
  void save(const std::string& key, const at::Tensor& features) const;

 private:
  fs::path path_of(const std::string& key) const;

  fs::path folder_;
  std::string tower_;  // what all keys depend on
  std::vector<int64_t> shape_;
};

}  // namespace plumbline::engine
