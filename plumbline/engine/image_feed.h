// The images of training batches: features that a frozen tower computed once, or pixels as they
// come.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plumbline/engine/feature_cache.h"
#include "plumbline/image/pixel_feed.h"
#include "plumbline/image/preprocess.h"
#include "plumbline/model/llava.h"
#include "plumbline/parallel/communicator.h"

namespace plumbline::engine {

struct ImageFeedOptions {
  bool trains_tower = false;      // features are computed anew each time, with gradients
  std::string cache_folder = {};  // of a FeatureCache; empty: none
  int64_t memory_bytes = 0;       // for features held in memory; 0: a quarter of this machine's
  int64_t num_threads = 2;        // that prepare pictures ahead
};

// Where the tower is frozen and the features of all images fit into memory they are held there;
// else batches read them from the cache's folder, or have the tower look at pictures that threads
// have prepared meanwhile. An image's name is its path, or a data URL.
class ImageFeed {
 public:
  // The model must outlive it and not be moved.
  ImageFeed(model::Llava& model, image::Preprocess preprocess, ImageFeedOptions options);
  ~ImageFeed();

  // Looks at every image once, each process at its share. Returns those that cannot be used with
  // what is wrong, the same names in all processes. Throws Interrupted.
  std::map<std::string, std::string> prepare(const std::vector<std::string>& images,
                                             parallel::Communicator& processes);
  bool holds_features() const { return holds_features_; }
  // Of features of these images that prepare() would hold in memory.
  int64_t planned_bytes(const std::vector<std::string>& images) const;

  // Says which images are asked for next, in order, so that they can be prepared ahead.
  void announce(const std::vector<std::string>& images);
  // [M, I, Dv] features, or undefined when there are none. Differentiable where the tower trains.
  at::Tensor features(const std::vector<std::string>& images);

 private:
  using Problems = std::map<std::string, std::string>;
  // Features [I, Dv] of this process's share of `images`, which are as many as fit into a batch.
  std::vector<at::Tensor> look_at(const std::vector<std::string>& images, Problems& problems);
  at::Tensor encoded(const std::vector<std::string>& images,
                     const std::vector<std::vector<float>>& pixels);
  void exchange(const std::vector<std::string>& images, std::vector<at::Tensor>& features,
                Problems& problems, int64_t owner, parallel::Communicator& processes);

  model::Llava& model_;
  image::Preprocess preprocess_;
  ImageFeedOptions options_;
  std::optional<FeatureCache> cache_;
  bool holds_features_ = false;
  std::unordered_map<std::string, at::Tensor> held_;   // [I, Dv] by name
  std::unordered_map<std::string, std::string> keys_;  // of the cache, by name
  std::unique_ptr<image::PixelFeed> pixels_;
};

}  // namespace plumbline::engine
