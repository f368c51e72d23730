#include "plumbline/engine/feature_store.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <set>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/progress.h"
#include "plumbline/image/decode.h"

namespace plumbline::engine {
namespace {
constexpr size_t kImagesAtOnce = 64;
}

void FeatureStore::prepare(model::Llava& model, const std::vector<std::string>& images) {
  const at::NoGradGuard no_grad;
  std::set<std::string> wanted;
  for (const auto& image : images) {
    if (!image.empty() && !by_name_.contains(image)) wanted.insert(image);
  }
  const std::vector<std::string> list(wanted.begin(), wanted.end());
  std::unordered_map<std::string, at::Tensor> added;
  Progress progress("looking at images", static_cast<int64_t>(list.size()));
  for (size_t first = 0; first < list.size(); first += kImagesAtOnce) {
    const size_t last = std::min(list.size(), first + kImagesAtOnce);
    const std::vector<std::string> part(list.begin() + static_cast<int64_t>(first),
                                        list.begin() + static_cast<int64_t>(last));
    const at::Tensor features = model.encode_images(pixels(part, model.dtype(), model.device()));
    for (size_t i = 0; i < part.size(); ++i) {
      added.emplace(part[i], features[static_cast<int64_t>(i)].clone());
    }
    progress.update(static_cast<int64_t>(last));
  }
  by_name_.merge(added);
}

at::Tensor FeatureStore::pixels(const std::vector<std::string>& images, at::ScalarType dtype,
                                at::Device device) const {
  const int64_t size = preprocess_.size;
  at::Tensor result = at::empty({static_cast<int64_t>(images.size()), 3, size, size}, at::kFloat);
  auto* out = result.data_ptr<float>();
  const int64_t stride = 3 * size * size;
  at::parallel_for(0, static_cast<int64_t>(images.size()), 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto path = fs::path(folder_) / images[static_cast<size_t>(i)];
      const auto values = image::preprocess(image::decode(path), preprocess_);
      std::copy(values.begin(), values.end(), out + i * stride);
    }
  });
  return result.to(device, dtype);
}

at::Tensor FeatureStore::features(const std::vector<std::string>& images) const {
  std::vector<at::Tensor> list;
  for (const auto& image : images) {
    if (image.empty()) continue;
    const auto it = by_name_.find(image);
    PLUMBLINE_CHECK(it != by_name_.end(), "image '" + image + "' was not prepared");
    list.push_back(it->second);
  }
  return list.empty() ? at::Tensor() : at::stack(list);
}

}  // namespace plumbline::engine
