// What the frozen vision tower sees in each image, computed once as far as memory goes.
#pragma once

#include <ATen/core/Tensor.h>

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/image/preprocess.h"
#include "plumbline/model/llava.h"

namespace plumbline::engine {

// Tower features by image name, in the machine's memory wherever the model is. The projector is not
// applied: it may be training.
class FeatureStore {
 public:
  // Images lie below `folder`, or are data URLs. Features of more than `memory_bytes` (0: a quarter
  // of this machine's) are not held: those images are looked at again whenever they are asked for.
  FeatureStore(const image::Preprocess& preprocess, std::string folder, int64_t memory_bytes = 0)
      : preprocess_(preprocess), folder_(std::move(folder)), room_(memory_bytes) {}

  // Encodes the images not yet known; empty names are skipped. Throws one DataError for all files
  // that are missing or broken, before any image is added, and Interrupted. The model must outlive
  // the store and not be moved.
  void prepare(model::Llava& model, const std::vector<std::string>& images);

  // [B, I, Dv] features of these images on the model's device, in order; undefined when all names
  // are empty. The images were prepared. Throws what reading does for a file that is gone since.
  at::Tensor features(const std::vector<std::string>& images) const;

  // Bytes that these images would be held in.
  int64_t planned_bytes(const model::Llava& model, const std::vector<std::string>& images) const;

  int64_t num_held() const { return static_cast<int64_t>(by_name_.size()); }

 private:
  // [B, 3, H, W] fp32 on the CPU; what is wrong with a file is added to `problems`.
  at::Tensor pixels(const std::vector<std::string>& images,
                    std::vector<std::string>& problems) const;

  // [B, I, Dv] on the model's device.
  at::Tensor encoded(model::Llava& model, const at::Tensor& pixels) const;
  std::unordered_map<std::string, at::Tensor> look_again(const std::set<std::string>& images) const;

  image::Preprocess preprocess_;
  std::string folder_;
  int64_t room_;
  model::Llava* model_ = nullptr;
  std::unordered_map<std::string, at::Tensor> by_name_;  // [I, Dv] on the CPU
  std::set<std::string> not_held_;
};

}  // namespace plumbline::engine
