// What the frozen vision tower sees in each image, computed once.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/image/preprocess.h"
#include "plumbline/model/llava.h"

namespace plumbline::engine {

// Tower features by image name. The projector is not applied: it may be training.
class FeatureStore {
 public:
  // Images lie below `folder`, or are data URLs.
  FeatureStore(image::Preprocess preprocess, std::string folder)
      : preprocess_(std::move(preprocess)), folder_(std::move(folder)) {}

  // Encodes the images not yet known; empty names are skipped. Throws one DataError for all files
  // that are missing or broken, before any image is added, and Interrupted.
  void prepare(model::Llava& model, const std::vector<std::string>& images);

  // [B, I, Dv] features of these images, in order; undefined when all names are empty. The images
  // were prepared.
  at::Tensor features(const std::vector<std::string>& images) const;

  int64_t size() const { return static_cast<int64_t>(by_name_.size()); }
  int64_t bytes() const;

 private:
  // [B, 3, H, W] fp32 on the CPU; what is wrong with a file is added to `problems`.
  at::Tensor pixels(const std::vector<std::string>& images,
                    std::vector<std::string>& problems) const;

  image::Preprocess preprocess_;
  std::string folder_;
  std::unordered_map<std::string, at::Tensor> by_name_;  // [I, Dv]
};

}  // namespace plumbline::engine
